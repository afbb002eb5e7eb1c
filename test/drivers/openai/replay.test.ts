import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { FinishReason } from '../../../src/core/driver.ts'
import type { ProviderErrorKind } from '../../../src/core/provider-error.ts'
import type { ProviderSettings } from '../../../src/core/settings.ts'
import { objectOf } from '../../../src/drivers/json-reading.ts'
import { openAiDriver } from '../../../src/drivers/openai/driver.ts'
import { openAiCompatibleDriver } from '../../../src/drivers/openai-compatible/driver.ts'
import { exceptionFor } from '../exceptions.ts'
import { loadRecordings, type Recording, recordingsAbsent } from '../recordings.ts'
import { type ReplayResult, type ReplaySubject, replayAll, replayCut, scoreTable } from '../replay.ts'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'

const APIS = new Set(['chat.completions', 'responses'])

const FINISH: Readonly<Record<string, readonly FinishReason[]>> = {
  stop: ['STOP'],
  length: ['LENGTH'],
  tool_calls: ['TOOL_CALLS'],
  content_filter: ['CONTENT_FILTER'],
  completed: ['STOP', 'TOOL_CALLS'],
  complete: ['STOP'],
}

/** What each error that was recorded means; Groq's is the model's failure to write a call that fits. */
const KIND_OF_CODE: Readonly<Record<string, ProviderErrorKind>> = {
  model_not_found: 'NOT_FOUND',
  tool_use_failed: 'MALFORMED',
  400: 'INVALID_REQUEST',
  429: 'RATE_LIMITED',
}
const KIND_OF_STATUS: Readonly<Record<number, ProviderErrorKind>> = { 400: 'INVALID_REQUEST', 404: 'NOT_FOUND' }

const SUBJECT: ReplaySubject = {
  makeDriver({ provider, api }, url) {
    const settings: ProviderSettings = {
      name: provider,
      driver: 'openai-compatible',
      api: api === 'responses' ? 'responses' : 'chat',
      baseUrl: `${url}/v1`,
      keys: [],
      pricedAs: null,
      simulated: false,
      probeEveryMs: null,
    }
    const factory = api === 'responses' || provider === 'openai' ? openAiDriver : openAiCompatibleDriver
    return factory(settings, { fetch: globalThis.fetch, clock: systemClock })
  },
  failure(recording) {
    if (exceptionFor(recording)?.instead === 'MALFORMED') return 'MALFORMED'
    const { status, expected } = recording
    const error = expected.streamError ?? objectOf(expected.error).error
    if (status === 200 && !expected.streamError) return null
    return KIND_OF_CODE[String(objectOf(error).code)] ?? KIND_OF_STATUS[status] ?? 'SERVER_ERROR'
  },
  finishReasons({ expected }) {
    const tools = (expected.tools ?? []).length > 0
    if (!expected.finish) return tools ? ['TOOL_CALLS'] : ['STOP']
    if (expected.finish === 'completed') return tools ? ['TOOL_CALLS'] : ['STOP', 'REFUSAL']
    return FINISH[expected.finish] ?? []
  },
}

describe.skipIf(recordingsAbsent)(
  `recorded traffic of OpenAI's APIs${recordingsAbsent ? ` (left out: ${recordingsAbsent})` : ''}`,
  () => {
    let server: ReplayServer
    beforeAll(async () => {
      server = await startReplayServer()
    })
    afterAll(() => server.close())

    const isOurs = (recording: Recording) => APIS.has(recording.api) && recording.framing === 'http'
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
      const streams = recordings.filter(
        (recording) => recording.streaming && recording.expected.streamError === undefined,
      )
      expectAllRight(await replayCut(streams, server, SUBJECT))
    })
  },
)
