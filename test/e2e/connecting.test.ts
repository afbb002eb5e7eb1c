import { afterAll, beforeAll, expect, it } from 'vitest'
import { deafServer } from '../support/deaf-server.ts'
import { embed } from './embeddings.ts'
import { describeHouse, type OpenHouse, openReplica } from './harness.ts'
import { present } from './present.ts'
import { MODELS, provider } from './settings.ts'

/** A connection is waited for so long, in milliseconds, and undici's timer for it is a coarse one. */
const CONNECT_MS = 5_000
const SLACK_MS = 3_500

describeHouse('a provider that takes no connection', {}, (house) => {
  let deaf: Awaited<ReturnType<typeof deafServer>>
  let replica: OpenHouse
  beforeAll(async () => {
    deaf = await deafServer()
    const config = () => ({
      providers: provider('deaf', deaf.url, { driver: 'openai-compatible' }),
      models: { 'deaf/whole': { upstream: 'unary' as const } },
    })
    replica = await openReplica(house().database, house().simulator, { config })
  })
  afterAll(async () => {
    await replica.close()
    await deaf.close()
  })

  const prompt = 'Hi'
  const complete = async (model: string) =>
    (await replica.client()).complete({ model, prompt, routing: { fallbacks: [MODELS.anthropic] } })

  it.concurrent.each([
    ['a stream', () => complete('deaf/streamed')],
    ['an answer in one piece', () => complete('deaf/whole')],
    [
      'vectors',
      async () =>
        embed(await replica.client(), {
          model: 'deaf/vectors',
          texts: ['one'],
          routing: { fallbacks: ['openai/text-embedding-3-small'] },
        }),
    ],
  ])('is given up once, soon, for the next candidate: %s', async (_name, ask) => {
    const { attempts } = await ask()
    expect(attempts).toMatchObject([
      { provider: 'deaf', outcome: 'FAILED', errorKind: 'NETWORK', usage: null, costUsd: '0' },
      { outcome: 'SUCCEEDED' },
    ])
    const { durationMs } = present(attempts?.[0])
    expect(durationMs).toBeGreaterThanOrEqual(CONNECT_MS - 100)
    expect(durationMs).toBeLessThan(CONNECT_MS + SLACK_MS)
  })
})
