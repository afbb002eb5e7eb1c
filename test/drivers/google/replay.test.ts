import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { FinishReason } from '../../../src/core/driver.ts'
import type { ProviderErrorKind } from '../../../src/core/provider-error.ts'
import { googleDriver } from '../../../src/drivers/google/driver.ts'
import { exceptionFor } from '../exceptions.ts'
import { providerAt } from '../provider-at.ts'
import { loadRecordings, type Recording, recordingsAbsent } from '../recordings.ts'
import { type ReplayResult, type ReplaySubject, replayAll, replayCut, scoreTable } from '../replay.ts'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'

const KIND_OF_STATUS: Readonly<Record<number, ProviderErrorKind>> = { 400: 'INVALID_REQUEST', 404: 'NOT_FOUND' }

/** Ends that are a refusal; before any output that is an error. */
const BLOCKED: readonly string[] = ['SAFETY', 'MODEL_ARMOR']

function isBlocked({ expected }: Recording): boolean {
  if (expected.blockReason) return true
  return BLOCKED.includes(expected.finish ?? '') && !expected.text && (expected.tools ?? []).length === 0
}

const SUBJECT: ReplaySubject = {
  makeDriver: (_, url) => googleDriver(providerAt('google', url), { fetch: globalThis.fetch, clock: systemClock }),
  failure(recording) {
    if (exceptionFor(recording)?.instead === 'MALFORMED') return 'MALFORMED'
    if (recording.status !== 200) return KIND_OF_STATUS[recording.status] ?? 'SERVER_ERROR'
    return isBlocked(recording) ? 'CONTENT_REJECTED' : null
  },
  finishReasons({ expected }): readonly FinishReason[] {
    if (expected.finish === 'MAX_TOKENS') return ['LENGTH']
    if (BLOCKED.includes(expected.finish ?? '')) return ['CONTENT_FILTER']
    return (expected.tools ?? []).length > 0 ? ['TOOL_CALLS'] : ['STOP']
  },
}

describe.skipIf(recordingsAbsent)(
  `recorded traffic of Google's API${recordingsAbsent ? ` (left out: ${recordingsAbsent})` : ''}`,
  () => {
    let server: ReplayServer
    beforeAll(async () => {
      server = await startReplayServer()
    })
    afterAll(() => server.close())

    const isOurs = (recording: Recording) => recording.api === 'generateContent' && recording.framing === 'http'
    const recordings = loadRecordings().filter(isOurs)
    const expectAllRight = (results: readonly ReplayResult[]) => {
      const wrong = results.filter(({ mismatches }) => mismatches.length > 0)
      expect(wrong.map(({ recording, mismatches }) => [recording.file, ...mismatches])).toEqual([])
    }

    it('comes out as expected, answers and errors', { timeout: 120_000 }, async () => {
      const results = await replayAll(recordings, server, SUBJECT)
      console.log(scoreTable(results))
      expectAllRight(results)
    })

    it('is TRUNCATED wherever a stream is cut', { timeout: 120_000 }, async () => {
      expectAllRight(
        await replayCut(
          recordings.filter((recording) => recording.streaming),
          server,
          SUBJECT,
        ),
      )
    })
  },
)
