import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { only } from './event-stream.ts'
import { describeHouse } from './harness.ts'

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string }[]
}

/** A provider whose model answers in prose until it is told what is wrong with that. */
async function startPoet() {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const body: Asked = JSON.parse(await text(request))
    asked.push(body)
    const last = JSON.stringify(body.messages.at(-1)?.content)
    const content = last.includes('Answer once more') ? '{"name":"Oslo"}' : 'Oslo, city of fjords'
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        id: 'poem',
        object: 'chat.completion',
        model: 'poet',
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1`, asked, close: () => server.close() }
}

const poet = await startPoet()
afterAll(() => poet.close())

const SCHEMA = {
  schema: { name: 'city', schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
}

const config = () => ({
  providers: { verse: { driver: 'openai-compatible', baseUrl: poet.url } as const },
  models: { 'verse/poet': { upstream: 'unary', price: { inputPerMillion: '1', outputPerMillion: '2' } } as const },
})

describe('an answer in the wrong form', () => {
  describeHouse('is mended by its own model, once', { config }, (house) => {
    it('told what was wrong, within the same call, both attempts charged', async () => {
      poet.asked.length = 0
      const client = await house().client()
      const answer = await client.answer({ model: 'verse/poet', prompt: 'Name a city', output: SCHEMA })
      expect(answer).toMatchObject({ json: { name: 'Oslo' }, text: '{"name":"Oslo"}' })
      expect(answer.attempts).toMatchObject([
        { outcome: 'FAILED', errorKind: 'MALFORMED', costUsd: '0.00002' },
        { outcome: 'SUCCEEDED', costUsd: '0.00002' },
      ])
      expect(answer.cost).toMatchObject({ totalUsd: '0.00004', wastedUsd: '0.00002' })
      const [, repair] = poet.asked
      expect(repair?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
      expect(repair?.messages[1]?.content).toBe('Oslo, city of fjords')
      expect(JSON.stringify(repair?.messages[2]?.content)).toContain('The answer is not JSON')
    })

    it('in a stream, what came first being void', async () => {
      const client = await house().client()
      const events = await (await client.stream({ model: 'verse/poet', prompt: 'Name a city', output: SCHEMA })).all()
      expect(only(events, 'AttemptFailed')).toMatchObject([{ outputVoided: true, willContinue: true }])
      expect(only(events, 'CompletionFinished')).toMatchObject([{ completion: { json: { name: 'Oslo' } } }])
    })
  })
})
