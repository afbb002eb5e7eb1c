import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { FinishReason } from '../../../src/core/driver.ts'
import type { ProviderErrorKind } from '../../../src/core/provider-error.ts'
import { anthropicDriver } from '../../../src/drivers/anthropic/driver.ts'
import { exceptionFor } from '../exceptions.ts'
import { providerAt } from '../provider-at.ts'
import { loadRecordings, type Recording, recordingsAbsent } from '../recordings.ts'
import { type ReplayResult, type ReplaySubject, replayAll, replayCut, scoreTable } from '../replay.ts'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'

const FINISH: Readonly<Record<string, readonly FinishReason[]>> = {
  end_turn: ['STOP'],
  stop_sequence: ['STOP'],
  pause_turn: ['STOP'],
  max_tokens: ['LENGTH'],
  tool_use: ['TOOL_CALLS'],
  refusal: ['REFUSAL'],
}

const KIND_OF_STATUS: Readonly<Record<number, ProviderErrorKind>> = { 400: 'INVALID_REQUEST', 404: 'NOT_FOUND' }

const SUBJECT: ReplaySubject = {
  makeDriver: (_, url) =>
    anthropicDriver(providerAt('anthropic', url), { fetch: globalThis.fetch, clock: systemClock }),
  failure(recording) {
    if (exceptionFor(recording)?.instead === 'MALFORMED') return 'MALFORMED'
    return recording.status === 200 ? null : (KIND_OF_STATUS[recording.status] ?? 'SERVER_ERROR')
  },
  finishReasons: ({ expected }) => FINISH[expected.finish ?? ''] ?? [],
}

describe.skipIf(recordingsAbsent)(
  `recorded traffic of Anthropic's API${recordingsAbsent ? ` (left out: ${recordingsAbsent})` : ''}`,
  () => {
    let server: ReplayServer
    beforeAll(async () => {
      server = await startReplayServer()
    })
    afterAll(() => server.close())

    const isOurs = (recording: Recording) => recording.api === 'messages' && recording.framing === 'http'
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
