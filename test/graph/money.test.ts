import { expect, it } from 'vitest'
import { ask } from './ask.ts'
import { callerWithScopes, callId } from './house.ts'

const RANGE = 'range: { from: "2025-01-01T00:00:00Z", to: "2025-01-02T00:00:00Z" }'
const RECONCILIATION = `{ reconciliation(${RANGE}, provider: ["openai"]) {
  rows { provider day model differenceUsd unexplainedUsd
    theirs { costUsd inputTokens outputTokens requests } ours { costUsd estimatedUsd unpricedAttempts attempts } }
  total { theirsUsd oursUsd differenceUsd unexplainedUsd uncoveredUsd } } }`

it('shows providers’ reports beside the ledger, to operators only', async () => {
  expect(await ask(RECONCILIATION, { caller: callerWithScopes('operator') })).toEqual({
    data: {
      reconciliation: {
        rows: [
          {
            provider: 'openai',
            day: '2025-01-01T00:00:00.000Z',
            model: 'gpt-5-mini',
            differenceUsd: '1.999999999999',
            unexplainedUsd: null,
            theirs: { costUsd: '2', inputTokens: 10, outputTokens: null, requests: 3 },
            ours: { costUsd: '0.000000000001', estimatedUsd: '0', unpricedAttempts: 0, attempts: 3 },
          },
        ],
        total: {
          theirsUsd: '2',
          oursUsd: '0.000000000001',
          differenceUsd: '1.999999999999',
          unexplainedUsd: '0',
          uncoveredUsd: '0.000000000005',
        },
      },
    },
  })
  const { errors } = await ask(RECONCILIATION, { caller: callerWithScopes('complete', 'read', 'admin') })
  expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scope: 'operator' })
})

it('explains what a call and its attempts were charged at', async () => {
  const price = '{ inputUsdPerMillion cacheWriteHourUsdPerMillion outputUsdPerMillion source version model validAt }'
  const { data, errors } = await ask(
    `{ call(id: "${callId(1)}") { price ${price} attempts { outcome price ${price} } } }`,
  )
  expect(errors).toBeUndefined()
  const call = data?.call as { price: unknown; attempts: { outcome: string; price: unknown }[] }
  const answered = call.attempts.find(({ outcome }) => outcome === 'SUCCEEDED')
  expect(call.price).toEqual(answered?.price)
  expect(call.price).toEqual({
    inputUsdPerMillion: '0.25',
    cacheWriteHourUsdPerMillion: '0.000002',
    outputUsdPerMillion: '2',
    source: 'CATALOGUE',
    version: 'list@1',
    model: null,
    validAt: '2025-01-01T00:00:00.000Z',
  })
})
