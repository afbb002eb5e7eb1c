import { expect, it } from 'vitest'
import { only } from './event-stream.ts'
import { describeHouse, leapingClock, newTag } from './harness.ts'
import { present } from './present.ts'
import { key, provider, together } from './settings.ts'

const POOLS = {
  'one-invalid': ['INVALID', 'GOOD'],
  'one-forbidden': ['FORBIDDEN', 'GOOD'],
  'one-unpaid': ['UNPAID', 'GOOD'],
  'one-broke': ['BROKE', 'GOOD'],
  'one-exhausted': ['EXHAUSTED', 'GOOD'],
  'one-limited': ['LIMITED', 'GOOD'],
  'all-invalid': ['INVALID_1', 'INVALID_2'],
  healed: ['INVALID'],
} as const

const clock = leapingClock()
const config = (url: string) => ({
  providers: together(
    Object.entries(POOLS).map(([name, keys]) => provider(name, url, { apiKeys: keys.map(key), pricedAs: 'openai' })),
  ),
})

describeHouse("a provider's keys", { config, clock, random: () => 0 }, (house) => {
  it.each([
    ['one-invalid', 'AUTHENTICATION'],
    ['one-forbidden', 'AUTHENTICATION'],
    ['one-unpaid', 'BILLING'],
    ['one-broke', 'BILLING'],
    ['one-exhausted', 'BILLING'],
    ['one-limited', 'RATE_LIMITED'],
  ])('cost the caller nothing where one is bad and another lives: %s', async (pool, kind) => {
    const client = await house().client()
    const tag = newTag()
    const input = { model: `${pool}/gpt-5-mini+tag=${tag}`, prompt: 'Hi' }
    const answers = [await client.answer(input), await client.answer(input), await client.answer(input)]

    const attempts = answers.map((answer) => answer.attempts.map(({ errorKind, outcome }) => errorKind ?? outcome))
    expect(attempts).toEqual([[kind, 'SUCCEEDED'], ['SUCCEEDED'], ['SUCCEEDED']])
    expect((await house().requests(tag)).map(({ status }) => status === 200)).toEqual([false, true, true, true])
  })

  it('that are all bad fail the call, but do not blame the caller, and are left alone for a while', async () => {
    const client = await house().client()
    const tag = newTag()
    const input = { model: `all-invalid/gpt-5-mini+tag=${tag}`, prompt: 'Hi' }
    const first = await client.refusal(input)
    expect(first.__typename).toBe('AllAttemptsFailedError')
    expect(first.attempts).toMatchObject([{ errorKind: 'AUTHENTICATION' }, { errorKind: 'AUTHENTICATION' }])

    const second = await client.refusal(input)
    expect(second).toMatchObject({ __typename: 'AllAttemptsFailedError', attempts: [{ outcome: 'SHORT_CIRCUITED' }] })
    expect(second.retryAfterMs).toBeGreaterThan(20_000)
    expect(second.retryAfterMs).toBeLessThanOrEqual(30_000)
    expect(await house().requests(tag)).toHaveLength(2)

    const events = await (
      await client.stream({ ...input, routing: { fallbacks: [`anthropic/claude-haiku-4-5+tag=${tag}`] } })
    ).all()
    expect(only(events, 'AttemptFailed')).toEqual([])
    expect(only(events, 'AttemptStarted')).toMatchObject([{ number: 2, provider: 'anthropic' }])
    const { completion } = present(only(events, 'CompletionFinished')[0])
    expect(completion.attempts).toMatchObject([{ number: 1, outcome: 'SHORT_CIRCUITED' }, { number: 2 }])
  })

  it('that were bad are probed by one real request after 30 s', async () => {
    const client = await house().client()
    const tag = newTag()
    const input = { model: `healed/gpt-5-mini+tag=${tag}`, prompt: 'Hi' }
    await client.refusal(input)
    clock.leap(29_000)
    await client.refusal(input)
    expect(await house().requests(tag)).toHaveLength(1)
    clock.leap(1_100)
    const answers = await Promise.all([client.refusal(input), client.refusal(input), client.refusal(input)])
    expect(await house().requests(tag)).toHaveLength(2)
    expect(answers.map(({ attempts }) => attempts?.[0]?.outcome).sort()).toEqual([
      'FAILED',
      'SHORT_CIRCUITED',
      'SHORT_CIRCUITED',
    ])
  })

  it('are never shown: not in errors, rows or the log', async () => {
    const client = await house().client()
    const error = await client.refusal({ model: `all-invalid/gpt-5-mini+401+tag=${newTag()}`, prompt: 'Hi' })
    const row = await client.call(error.callId)
    for (const text of [JSON.stringify(error), JSON.stringify(row), JSON.stringify(house().log)]) {
      expect(text).not.toMatch(/sk-test-/)
    }
  })
})
