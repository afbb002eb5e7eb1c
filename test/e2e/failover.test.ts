import { describe, expect, it } from 'vitest'
import type { Completion, Event } from './answers.ts'
import { only } from './event-stream.ts'
import { describeHouse, newTag } from './harness.ts'
import { picodollars, sumOf } from './money.ts'
import { present } from './present.ts'
import { MODELS, PROVIDER_NAMES, type ProviderName, priced, together } from './settings.ts'

/** A fault before any output: how it strikes, how often the model is asked, and what the attempts say. */
const BEFORE_OUTPUT = [
  ['+500', 2, ['SERVER_ERROR'], 'FAILED'],
  ['+502', 2, ['SERVER_ERROR'], 'FAILED'],
  ['+503', 2, ['OVERLOADED', 'SERVER_ERROR'], 'FAILED'],
  ['+504', 2, ['SERVER_ERROR', 'OVERLOADED'], 'FAILED'],
  ['+529', 2, ['OVERLOADED'], 'FAILED'],
  ['+408', 2, ['SERVER_ERROR', 'NETWORK'], 'FAILED'],
  ['+409', 2, ['SERVER_ERROR', 'NETWORK'], 'FAILED'],
  ['+hangup', 2, ['NETWORK'], 'FAILED'],
  ['+404', 1, ['NOT_FOUND'], 'FAILED'],
  ['+429-long', 1, ['RATE_LIMITED'], 'FAILED'],
  ['+429-too-large', 1, ['RATE_LIMITED'], 'FAILED'],
  ['+html', 1, ['MALFORMED'], 'FAILED'],
  ['+empty', 1, ['MALFORMED', 'TRUNCATED'], 'FAILED'],
  ['+malformed=0', 1, ['MALFORMED'], 'FAILED'],
  // Where a stream has no preamble, nothing at all comes.
  ['+cut=0', 1, ['TRUNCATED', 'MALFORMED'], 'FAILED'],
  ['+error=0', 1, ['SERVER_ERROR', 'OVERLOADED'], 'FAILED'],
  ['+silent', 1, ['FIRST_TOKEN_TIMEOUT'], 'TIMED_OUT'],
  ['+stall=0', 1, ['FIRST_TOKEN_TIMEOUT'], 'TIMED_OUT'],
] as const

const PROMPT = 'Why is the sky blue?'

describeHouse('failover before any output', { random: () => 0 }, (house) => {
  describe.each(PROVIDER_NAMES)('from %s', (name) => {
    it.concurrent.each(BEFORE_OUTPUT)('after %s', async (fault, requests, kinds, outcome) => {
      const client = await house().client()
      const firstTokenTimeoutMs = outcome === 'TIMED_OUT' ? 600 : 10_000
      const input = () => {
        const { first, second } = pair(name, fault)
        return { model: first, prompt: PROMPT, routing: { fallbacks: [second], firstTokenTimeoutMs } }
      }
      const [stream, whole] = await Promise.all([client.stream(input()), client.answer(input())])
      const events = await stream.all()

      const failures = only(events, 'AttemptFailed')
      expect(failures).toHaveLength(requests)
      for (const { attempt, ...failure } of failures) {
        expect(failure).toMatchObject({ outputVoided: false, willContinue: true })
        expect(attempt).toMatchObject({ outcome, usage: null, costUsd: '0' })
        expect(kinds).toContain(attempt.errorKind)
      }
      const { completion } = present(only(events, 'CompletionFinished')[0])
      expect(completion.text).toBe(whole.text)
      for (const { attempts, provider, cost, callId } of [completion, whole]) {
        expect(attempts.map((attempt) => attempt.outcome)).toEqual([...Array(requests).fill(outcome), 'SUCCEEDED'])
        expect(attempts.map((attempt) => attempt.number)).toEqual(attempts.map((_, index) => index + 1))
        expect(provider).toBe(name === 'anthropic' ? 'openai' : 'anthropic')
        expect(cost.wastedUsd).toBe('0')
        expect((await client.call(callId))?.attempts).toEqual(attempts)
      }
    })
  })
})

const FAULTS = ['+cut', '+reset', '+stall', '+malformed', '+error', '+failed', '+no-end'] as const
/** By provider and fault: known beforehand, so that their prices can be configured. */
const BROKEN = PROVIDER_NAMES.flatMap((name) => FAULTS.map((fault) => ({ name, fault, ...pair(name, fault) })))
const config = () => ({ models: together(BROKEN.map(({ first }) => priced(first))) })

describeHouse('failover after output', { random: () => 0, chunkDelayMs: 5, config }, (house) => {
  it.concurrent.each(BROKEN)('from $name voids what came before $fault and starts over', async (broken) => {
    const { first, second, tag, fault } = broken
    const idleTimeoutMs = fault === '+stall' ? 1_500 : 10_000
    const client = await house().client()
    const input = { model: first, prompt: PROMPT, routing: { fallbacks: [second], idleTimeoutMs } }
    const alone = await client.answer({ model: second, prompt: PROMPT })
    const events = await (await client.stream(input)).all()

    const failure = present(only(events, 'AttemptFailed')[0])
    expect(failure).toMatchObject({ outputVoided: true, willContinue: true, attempt: { number: 1 } })
    expect(textOf(events.slice(0, failure.seq))).not.toBe('')
    const { completion } = present(only(events, 'CompletionFinished')[0])
    expect(completion.text).toBe(alone.text)
    expect(completion.text).toBe(textOf(events.slice(failure.seq)))
    expect(completion.usage).toEqual(alone.usage)
    expectWaste(completion, failure.attempt.costUsd)
    expect(await client.call(completion.callId)).toMatchObject({
      status: 'SUCCEEDED',
      attempts: completion.attempts,
      cost: completion.cost,
    })
    const requests = await house().requestsOver(tag)
    expect(requests.map(({ model }) => first.endsWith(model))).toEqual([false, true, false])
  })

  describe.each(PROVIDER_NAMES)('from %s', (name) => {
    it('fails the call under midStream FAIL, and still not a whole answer', async () => {
      const { first, second } = pair(name, '+cut')
      const client = await house().client()
      const routing = { fallbacks: [second], midStream: 'FAIL' }
      const events = await (await client.stream({ model: first, prompt: PROMPT, routing })).all()
      expect(only(events, 'AttemptFailed')).toMatchObject([{ outputVoided: false, willContinue: false }])
      const { error } = present(only(events, 'CompletionFailed')[0])
      expect(error).toMatchObject({ __typename: 'AllAttemptsFailedError', attempts: [{ errorKind: 'TRUNCATED' }] })
      expect(events.at(-1)?.__typename).toBe('CompletionFailed')

      const whole = await client.answer({ model: first, prompt: PROMPT, routing })
      expect(whole.attempts.map(({ outcome }) => outcome)).toEqual(['FAILED', 'SUCCEEDED'])
    })

    it('ends in an error where nobody is left, and the output is not void', async () => {
      const { first } = present(BROKEN.find((each) => each.name === name && each.fault === '+no-end'))
      const client = await house().client()
      const events = await (await client.stream({ model: first, prompt: PROMPT })).all()
      expect(only(events, 'AttemptFailed')).toMatchObject([{ outputVoided: false, willContinue: false }])
      const { error } = present(only(events, 'CompletionFailed')[0])
      expect(error).toMatchObject({ __typename: 'AllAttemptsFailedError', retryable: true })
      const call = await client.call(error.callId)
      expect(call).toMatchObject({ status: 'FAILED', attempts: error.attempts })
      expect(picodollars(call?.cost.totalUsd)).toBeGreaterThan(0n)
      expect(call?.cost.wastedUsd).toBe(call?.cost.totalUsd)
    })
  })
})

/** A model of this provider with a fault, and a sound one of another, known by one tag. */
function pair(name: ProviderName, fault: string) {
  const tag = newTag()
  const other = name === 'anthropic' ? 'openai' : 'anthropic'
  return { tag, first: `${MODELS[name]}${fault}+tag=${tag}`, second: `${MODELS[other]}+tag=${tag}` }
}

function expectWaste({ cost, attempts }: Completion, wastedUsd: string | null) {
  expect(cost.wastedUsd).toBe(wastedUsd)
  expect(picodollars(wastedUsd)).toBeGreaterThan(0n)
  expect(sumOf(attempts.map(({ costUsd }) => costUsd))).toBe(picodollars(cost.totalUsd))
  expect(attempts[0]?.usage).toMatchObject({ estimated: true })
}

function textOf(events: readonly Event[]): string {
  return only(events, 'TextDelta')
    .map(({ text }) => text)
    .join('')
}
