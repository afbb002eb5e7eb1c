import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts'
import { listOf, objectOf } from '../../../src/drivers/json-reading.ts'
import { bodyOf, loadRecordings, type Recording, recordingsAbsent, requestOf } from '../recordings.ts'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'
import { asking, embedded, embedderAt, failureOf } from './embed-with.ts'

const recordings = loadRecordings().filter(({ provider, api }) => provider === 'openai' && api === 'embeddings')

describe.skipIf(recordingsAbsent !== null)(`recorded embeddings of OpenAI (${recordingsAbsent ?? 'present'})`, () => {
  let server: ReplayServer
  beforeAll(async () => {
    server = await startReplayServer()
  })
  afterAll(() => server.close())

  it.each(recordings.map((recording) => [recording.file, recording] as const))('%s', async (_file, recording) => {
    const { url, requests, forget } = server.serve({ ...recording, body: bodyOf(recording) })
    const recorded = objectOf(requestOf(recording))
    const run = embedded(embedderAt('openai', `${url}/v1`), askedIn(recorded))
    if (recording.status === 200) await expectVectors(run, recording, recorded)
    else expect(await failureOf(run)).toMatchObject({ kind: 'NOT_FOUND', httpStatus: recording.status })
    // OpenAI's own clients ask for base64, which this driver leaves to whoever wants it.
    const { encoding_format: _, ...meant } = recorded
    expect(requests.map(({ body }) => JSON.parse(body))).toEqual([meant])
    forget()
  })
})

async function expectVectors(run: ReturnType<typeof embedded>, recording: Recording, asked: JsonObject): Promise<void> {
  const { vectors, usage, model } = await run
  const data = listOf(objectOf(JSON.parse(bodyOf(recording).toString('utf8'))).data).filter(isJsonObject)
  expect(vectors).toHaveLength(listOf(asked.input).length)
  vectors.forEach((vector, index) => {
    const bytes = Buffer.from(new Float32Array(vector).buffer).toString('base64')
    expect(bytes).toBe(data.find((entry) => entry.index === index)?.embedding)
    // OpenAI's vectors have the length 1.
    expect(Math.hypot(...vector)).toBeCloseTo(1, 3)
    if (typeof asked.dimensions === 'number') expect(vector).toHaveLength(asked.dimensions)
  })
  expect({ model, inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens }).toEqual({
    model: recording.expected.model,
    inputTokens: objectOf(recording.expected.usage as JsonObject).prompt_tokens,
    outputTokens: 0,
  })
}

function askedIn({ model, input, dimensions }: JsonObject) {
  return asking({
    model: String(model),
    texts: listOf(input).map(String),
    dimensions: typeof dimensions === 'number' ? dimensions : null,
  })
}
