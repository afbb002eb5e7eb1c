import { describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { callId } from './house.ts'

const EMBED = `mutation ($input: EmbedInput!) { embed(input: $input) {
  __typename
  ... on Embedding { callId vectors provider model usage { inputTokens } cost { totalUsd } latency { firstTokenMs }
    attempts { number } call { id status } }
  ... on CallError { message callId retryable }
} }`

const embed = (input: object, more: Parameters<typeof ask>[1] = {}) => ask(EMBED, { ...more, variables: { input } })

describe('embed', () => {
  it('answers with vectors as lists of numbers, and their call', async () => {
    expect(await embed({ model: 'sim/embed', texts: ['a', 'b'] })).toEqual({
      data: {
        embed: {
          __typename: 'Embedding',
          callId: callId(1),
          vectors: [
            [0.5, -0.25],
            [0.5, -0.25],
          ],
          provider: 'simulator',
          model: 'small',
          usage: { inputTokens: 100 },
          cost: { totalUsd: '0.00001875' },
          latency: { firstTokenMs: 5 },
          attempts: [{ number: 1 }, { number: 2 }],
          call: { id: callId(1), status: 'SUCCEEDED' },
        },
      },
    })
  })

  it('answers with errors as data', async () => {
    const said = { message: 'Said.', callId: callId(1), retryable: false }
    expect((await embed({ model: 'x', texts: ['a'] }, { caller: null })).data).toEqual({
      embed: { __typename: 'NotAuthorizedError', ...said },
    })
    expect((await embed({ model: 'down', texts: ['a'] })).data).toEqual({
      embed: { __typename: 'AllAttemptsFailedError', ...said },
    })
  })
})
