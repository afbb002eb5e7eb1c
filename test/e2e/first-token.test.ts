import { describe, expect, it } from 'vitest'
import { type Client, eventually } from './client.ts'
import { embedRefusal } from './embeddings.ts'
import { describeHouse, leapingClock, newTag } from './harness.ts'
import { priced, priority, together } from './settings.ts'

const TAG = newTag()
const PLAIN = `openai-chat/gpt-4.1-mini+silent+tag=${TAG}`
const THINKER = `google/gemini-2.5-flash+silent+tag=${TAG}`
const WHOLE = `openai/gpt-5-mini+tag=${TAG}`
const VECTORS = `openai/text-embedding-3-small+silent+tag=${TAG}`

const clock = leapingClock()
const config = () => ({
  models: together([priced(WHOLE, { upstream: 'unary' })]),
  routes: together([
    priority('mixed', [PLAIN, THINKER, WHOLE]),
    priority('hasty', [PLAIN, THINKER], { timeouts: { firstTokenMs: 4_000 } }),
  ]),
})

const EXPLAIN = `query ($input: CompletionInput!) {
  explainRoute(input: $input) { candidates { model firstTokenTimeoutMs } }
}`
const PLAN = 'query ($id: ID!) { call(id: $id) { plan { candidates { model firstTokenTimeoutMs } } } }'

interface Planned {
  readonly candidates: readonly { readonly firstTokenTimeoutMs: number | null }[]
}

describeHouse('the wait for a first token', { config, clock, random: () => 0 }, (house) => {
  describe('is as long as fits what is asked, and explained', () => {
    it.each([
      ['by itself', 'mixed', {}, [30_000, 120_000, null]],
      ['with reasoning off', 'mixed', { reasoning: { effort: 'NONE' } }, [30_000, 30_000, null]],
      ['with low effort', 'mixed', { reasoning: { effort: 'LOW' } }, [60_000, 60_000, null]],
      ['with high effort', 'mixed', { reasoning: { effort: 'HIGH' } }, [300_000, 300_000, null]],
      ["by the route's own word", 'hasty', { reasoning: { effort: 'HIGH' } }, [4_000, 4_000]],
      ["by the caller's", 'hasty', { routing: { firstTokenTimeoutMs: 700 } }, [700, 700]],
    ])('%s', async (_title, model, more, bounds) => {
      const client = await house().client()
      const { data } = await client.post<{ explainRoute: Planned }>(EXPLAIN, {
        input: { model, prompt: 'Hi', ...more },
      })
      expect(data?.explainRoute.candidates.map((each) => each.firstTokenTimeoutMs)).toEqual(bounds)
    })
  })

  it('ends after 30 s with a model that does not think, and after 120 s with one that does', async () => {
    const client = await house().client()
    const stream = await client.stream({ model: PLAIN, prompt: 'Hi', routing: { fallbacks: [THINKER] } })
    const { callId } = await stream.until('AttemptStarted')
    await arrived(1)
    clock.leap(29_000)
    await expectRunning(client, callId)
    clock.leap(1_000)
    expect((await stream.until('AttemptFailed')).attempt).toMatchObject({ errorKind: 'FIRST_TOKEN_TIMEOUT' })
    await stream.until('AttemptStarted')
    await arrived(2)
    clock.leap(118_000)
    await expectRunning(client, callId)
    clock.leap(2_000)
    const { error } = await stream.until('CompletionFailed')
    expect(error.attempts?.map(({ error: said }) => said)).toEqual([
      'No token came within 30000 ms',
      'No token came within 120000 ms',
    ])
    const { data } = await client.post<{ call: { plan: Planned } }>(PLAN, { id: callId })
    expect(data?.call.plan.candidates.map((each) => each.firstTokenTimeoutMs)).toEqual([30_000, 120_000])
    const requests = await house().requestsOver(TAG)
    expect(requests.map(({ clientClosedAfterMs }) => clientClosedAfterMs !== null)).toEqual([true, true])
  })

  it('ends after 20 s for vectors', async () => {
    const client = await house().client()
    const before = (await house().requests(TAG)).length
    const answer = embedRefusal(client, { model: VECTORS, texts: ['Hi'] })
    await arrived(before + 1)
    clock.leap(20_000)
    const [attempt] = (await answer).attempts ?? []
    expect(attempt?.errorKind).toBe('FIRST_TOKEN_TIMEOUT')
    expect(attempt?.durationMs).toBeGreaterThanOrEqual(20_000)
    expect(attempt?.durationMs).toBeLessThan(30_000)
  })

  /** Until the simulator has so many requests. */
  function arrived(count: number) {
    return eventually(async () => ((await house().requests(TAG)).length >= count ? true : null))
  }
})

async function expectRunning(client: Client, callId: string) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect((await client.call(callId))?.status).toBe('RUNNING')
}
