import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DriverRequest } from '../../../src/core/driver.ts'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { objectOf } from '../../../src/drivers/json-reading.ts'
import { loadRecordings, type Recording, recordingsAbsent, requestOf } from '../recordings.ts'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'
import { asked } from './asked.ts'
import { expressChat, Inexpressible } from './express-chat.ts'
import { expressResponses } from './express-responses.ts'
import { canonicalChat, canonicalResponses } from './same-meaning.ts'

interface Case {
  readonly file: string
  readonly recorded: JsonObject
  readonly expressed: Partial<DriverRequest>
}

const NOTE = recordingsAbsent ? ` (left out: ${recordingsAbsent})` : ''

describe.skipIf(recordingsAbsent)(`recorded requests to OpenAI's APIs${NOTE}`, () => {
  let server: ReplayServer
  beforeAll(async () => {
    server = await startReplayServer()
  })
  afterAll(() => server.close())

  /** The requests that ours can express, and how many it can't, by reason. */
  const cases = (of: (recording: Recording) => boolean, express: (request: JsonObject) => Partial<DriverRequest>) => {
    const inexpressible = new Map<string, number>()
    const found = loadRecordings()
      .filter((recording) => recording.status === 200 && of(recording))
      .flatMap((recording): readonly Case[] => {
        const recorded = objectOf(requestOf(recording))
        if (Object.keys(recorded).length === 0) return []
        try {
          return [{ file: recording.file, recorded, expressed: express(recorded) }]
        } catch (error) {
          if (!(error instanceof Inexpressible)) throw error
          inexpressible.set(error.message, (inexpressible.get(error.message) ?? 0) + 1)
          return []
        }
      })
    console.log(`${found.length} expressed; not: ${JSON.stringify(Object.fromEntries(inexpressible))}`)
    return found
  }
  const differences = async (
    all: readonly Case[],
    provider: Parameters<typeof asked>[1],
    canonical: (request: JsonObject) => JsonValue,
  ) => {
    const wrong: JsonValue[] = []
    for (const { file, recorded, expressed } of all) {
      const { body } = await asked(server, provider, { ...expressed })
      const [is, should] = [canonical(body), canonical(recorded)]
      if (!isDeepStrictEqual(is, should)) wrong.push({ file, ...firstDifference(objectOf(is), objectOf(should)) })
    }
    return wrong
  }

  it('mean the same when we ask them of Chat Completions', { timeout: 60_000 }, async () => {
    for (const provider of [
      'openai',
      'groq',
      'xai',
      'mistral',
      'openrouter',
      'azure',
      'deepseek',
      'cerebras',
      'huggingface',
      'snowflake',
      'vercel-gateway',
      'zai',
      'crusoe',
    ]) {
      const found = cases(
        (recording) => recording.api === 'chat.completions' && recording.provider === provider,
        expressChat,
      )
      const driver = provider === 'openai' ? 'openai' : 'openai-compatible'
      expect(await differences(found, { driver, name: provider }, canonicalChat)).toEqual([])
    }
  })

  it('mean the same when we ask them of the Responses API', { timeout: 60_000 }, async () => {
    const found = cases(
      (recording) => recording.api === 'responses' && recording.provider !== 'local',
      expressResponses,
    )
    expect(await differences(found, { api: 'responses' }, canonicalResponses)).toEqual([])
  })
})

function firstDifference(is: JsonObject, should: JsonObject): JsonObject {
  const field =
    [...new Set([...Object.keys(is), ...Object.keys(should)])].find(
      (name) => !isDeepStrictEqual(is[name], should[name]),
    ) ?? ''
  return { field, is: short(is[field]), should: short(should[field]) }
}

function short(value: JsonValue | undefined): string {
  return (JSON.stringify(value) ?? 'absent').slice(0, 400)
}
