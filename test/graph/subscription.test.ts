import { type ExecutionResult, parse, subscribe } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createSchema } from '../../src/graph/schema.ts'
import { callerWithScopes, callId, createHouse, type House } from './house.ts'

const schema = createSchema()

async function follow(source: string, house: House, signal = new AbortController().signal) {
  const contextValue = { ...house, caller: callerWithScopes('complete'), signal }
  const result = await subscribe({ schema, document: parse(source), contextValue })
  if (!(Symbol.asyncIterator in result)) throw new Error(JSON.stringify(result.errors))
  return result
}

async function all(results: AsyncIterable<ExecutionResult>) {
  const events: unknown[] = []
  for await (const result of results) events.push(JSON.parse(JSON.stringify(result)))
  return events
}

const FIELDS = `{ __typename callId seq
  ... on CompletionStarted { plan { route } }
  ... on AttemptStarted { number provider model }
  ... on TextDelta { text }
  ... on ReasoningDelta { text }
  ... on ToolCallDelta { index toolCallId name argumentsDelta }
  ... on AttemptFailed { attempt { errorKind } outputVoided willContinue }
  ... on CompletionFinished { completion { text call { id } } }
  ... on CompletionFailed { error { __typename message callId retryable retryAfterMs ... on TimeoutError { attempts { number } } } } }`

describe('completionStream', () => {
  it('maps every event to its type', async () => {
    const stream = await follow(
      `subscription { completionStream(input: { model: "chat", prompt: "Hi" }) ${FIELDS} }`,
      createHouse(),
    )
    const events = [
      { __typename: 'CompletionStarted', plan: { route: 'chat' } },
      { __typename: 'AttemptStarted', number: 1, provider: 'simulator', model: 'small' },
      { __typename: 'AttemptFailed', attempt: { errorKind: 'OVERLOADED' }, outputVoided: true, willContinue: true },
      { __typename: 'ReasoningDelta', text: 'Hm.' },
      { __typename: 'TextDelta', text: 'Hello.' },
      { __typename: 'ToolCallDelta', index: 0, toolCallId: 't1', name: 'weather', argumentsDelta: '{}' },
      { __typename: 'CompletionFinished', completion: { text: 'Hello.', call: { id: callId(1) } } },
      {
        __typename: 'CompletionFailed',
        error: {
          __typename: 'TimeoutError',
          message: 'Late.',
          callId: callId(1),
          retryable: true,
          retryAfterMs: 5,
          attempts: [],
        },
      },
    ]
    expect(await all(stream)).toEqual(
      events.map((event, index) => ({ data: { completionStream: { ...event, callId: callId(1), seq: index + 1 } } })),
    )
  })

  it('is left at once, while the next event is awaited, by return() and by an abort', async () => {
    const source = 'subscription { completionStream(input: { model: "endless" }) { seq } }'
    for (const way of ['return', 'abort'] as const) {
      const house = createHouse()
      const controller = new AbortController()
      const stream = await follow(source, house, controller.signal)
      await stream.next()
      await stream.next()
      const pending = stream.next()
      const before = performance.now()
      if (way === 'abort') controller.abort()
      else await stream.return(undefined)
      expect((await house.left) - before).toBeLessThan(50)
      expect((await pending).done).toBe(true)
    }
  })

  it('is left at once where the client is gone before it began', async () => {
    const house = createHouse()
    await follow('subscription { completionStream(input: { model: "endless" }) { seq } }', house, AbortSignal.abort())
    expect(await house.left).toBeGreaterThan(0)
  })
})

describe('callEvents', () => {
  it('joins behind the event that was seen last, by default from the start', async () => {
    const house = createHouse()
    await all(await follow(`subscription { callEvents(callId: "${callId(1)}") { seq } }`, house))
    await all(await follow(`subscription { callEvents(callId: "x", after: 7) { seq } }`, house))
    expect(house.asked.joined).toEqual([
      { callId: callId(1), after: 0 },
      { callId: 'x', after: 7 },
    ])
    await expect(follow('subscription { callEvents(callId: "x", after: -1) { seq } }', house)).rejects.toThrow(
      'BAD_USER_INPUT',
    )
  })
})
