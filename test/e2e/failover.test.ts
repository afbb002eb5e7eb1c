import { describe, expect, it } from 'vitest'
import { only } from './event-stream.ts'
import { describeHouse, newTag } from './harness.ts'
import { picodollars } from './money.ts'
import { present } from './present.ts'
import { MODELS, PROVIDER_NAMES, type ProviderName, priced, together } from './settings.ts'

const PROMPT = 'Why is the sky blue?'

/** Known beforehand, so that their prices can be configured. */
const BROKEN = PROVIDER_NAMES.map((name) => ({ name, ...pair(name, '+no-end') }))
const POOR = pair('openai', '+cut')
const config = () => ({
  models: together([...BROKEN.map(({ first }) => first), POOR.first, POOR.second].map((id) => priced(id))),
})

/** What is restarted, and what follows each kind of failure, stands in the matrix of failures. */
describeHouse('a stream that breaks after output', { random: () => 0, chunkDelayMs: 5, config }, (house) => {
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
      const { first } = present(BROKEN.find((each) => each.name === name))
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

  it('keeps what was sent where what is left of maxCostUsd does not pay for another answer', async () => {
    const client = await house().client()
    const routing = { fallbacks: [POOR.second], maxCostUsd: '0.000014' }
    const input = { model: POOR.first, prompt: 'Say exactly: The sea is wide.', maxOutputTokens: 16, routing }
    const events = await (await client.stream(input)).all()
    expect(only(events, 'TextDelta').length).toBeGreaterThan(0)
    expect(only(events, 'AttemptFailed')).toMatchObject([{ outputVoided: false, willContinue: false }])
    const { error } = present(only(events, 'CompletionFailed')[0])
    expect(error.message).toContain('what is left of maxCostUsd does not pay for its answer')
    expect(await house().requests(POOR.tag)).toHaveLength(1)
  })

  it('does not say that it goes on where nobody who is left can be asked', async () => {
    const client = await house().client()
    const { first, second } = { first: `${MODELS.openai}+404+tag=${newTag()}`, second: `${MODELS.google}+429-long` }
    await client.refusal({ model: second, prompt: PROMPT })
    const events = await (await client.stream({ model: first, prompt: PROMPT, routing: { fallbacks: [second] } })).all()
    expect(only(events, 'AttemptFailed')).toMatchObject([{ outputVoided: false, willContinue: false }])
    const { error } = present(only(events, 'CompletionFailed')[0])
    expect(error.attempts).toMatchObject([{ errorKind: 'NOT_FOUND' }, { outcome: 'SHORT_CIRCUITED' }])
  })
})

/** A model of this provider with a fault, and a sound one of another, known by one tag. */
function pair(name: ProviderName, fault: string) {
  const tag = newTag()
  const other = name === 'anthropic' ? 'openai' : 'anthropic'
  return { tag, first: `${MODELS[name]}${fault}+tag=${tag}`, second: `${MODELS[other]}+tag=${tag}` }
}
