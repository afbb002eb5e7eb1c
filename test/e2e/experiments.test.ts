import { expect, it } from 'vitest'
import { describeDatabases } from '../support/database.ts'
import { houseOf } from './harness.ts'
import { priced, route, together } from './settings.ts'

const config = () => ({
  models: together([priced('openai/plain'), priced('anthropic/fancy')]),
  routes: route('greeting', {
    strategy: 'experiment',
    variants: { plain: { models: ['openai/plain'] }, fancy: { models: ['anthropic/fancy'] } },
  }),
})

const RATE = `
mutation ($callId: ID!, $metric: String!, $score: Float!, $comment: String) {
  rateCall(callId: $callId, metric: $metric, score: $score, comment: $comment) {
    __typename ... on Rating { callId metric score comment } ... on NotFoundError { message }
  }
}`
const EXPERIMENT = `
query ($range: TimeRangeInput!, $baseline: String) {
  experiment(name: "greeting", range: $range, baseline: $baseline) {
    name baseline
    variants {
      name calls succeeded successRate successInterval { low high } costUsd costPerCallUsd latencyMs(quantile: 0.5)
      scores { metric calls mean interval { low high } }
    }
    comparisons { variant baseline measure metric test difference pValue adjustedPValue significant }
  }
}`

interface Experiment {
  readonly baseline: string
  readonly variants: readonly { readonly name: string; readonly calls: number; readonly scores: readonly object[] }[]
  readonly comparisons: readonly { readonly measure: string; readonly significant: boolean | null }[]
}

describeDatabases('an experiment', (suite) => {
  const house = houseOf(suite, { config })

  it('assigns for good, takes ratings, and tells whether the difference is more than chance', async () => {
    const client = await house().client()
    const calls = new Map<string, number>()
    for (let user = 0; user < 24; user += 1) {
      const { provider, callId } = await client.answer({ model: 'greeting', prompt: 'Hi', endUser: `user ${user}` })
      calls.set(provider, (calls.get(provider) ?? 0) + 1)
      const score = (provider === 'anthropic' ? 4 : 2) + (user % 3) / 10
      const { data } = await client.post(RATE, { callId, metric: 'helpful', score, comment: 'noted' })
      expect(data).toEqual({ rateCall: { __typename: 'Rating', callId, metric: 'helpful', score, comment: 'noted' } })
    }
    const again = await client.answer({ model: 'greeting', prompt: 'Hi', endUser: 'user 0' })
    const range = { from: new Date(Date.now() - 600_000), to: new Date(Date.now() + 60_000) }
    calls.set(again.provider, (calls.get(again.provider) ?? 0) + 1)

    const { data } = await client.post<{ experiment: Experiment }>(EXPERIMENT, { range })
    expect(data?.experiment).toMatchObject({
      baseline: 'plain',
      variants: [
        { name: 'fancy', calls: calls.get('anthropic'), successRate: 1 },
        { name: 'plain', calls: calls.get('openai'), successRate: 1 },
      ],
    })
    const score = data?.experiment.comparisons.find(({ measure }) => measure === 'SCORE')
    expect(score).toMatchObject({ metric: 'helpful', test: 'WELCH_T', significant: true })
    expect(score).toHaveProperty('difference', expect.closeTo(2, 0))
    const success = data?.experiment.comparisons.find(({ measure }) => measure === 'SUCCESS_RATE')
    expect(success).toMatchObject({ test: 'TWO_PROPORTION_Z', significant: null, pValue: null })

    const ratings = await client.post('query ($id: ID!) { call(id: $id) { ratings { metric score } } }', {
      id: again.callId,
    })
    expect(ratings.data).toEqual({ call: { ratings: [] } })
    const stranger = await house().client()
    const theirs = await stranger.post<{ experiment: Experiment }>(EXPERIMENT, { range })
    expect(theirs.data?.experiment).toMatchObject({ baseline: null, variants: [], comparisons: [] })
    const refused = await stranger.post(RATE, { callId: again.callId, metric: 'helpful', score: 1 })
    expect(refused.data).toMatchObject({ rateCall: { __typename: 'NotFoundError' } })
  })

  it('takes no rating without a metric, and none from a key that may only read', async () => {
    const client = await house().client()
    const { errors } = await client.post(RATE, { callId: 'x', metric: 'so helpful!', score: 1 })
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'metric' })
    const reader = await house().client({ scopes: ['read'] })
    const forbidden = await reader.post(RATE, { callId: 'x', metric: 'helpful', score: 1 })
    expect(forbidden.errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', scope: 'complete' })
  })
})
