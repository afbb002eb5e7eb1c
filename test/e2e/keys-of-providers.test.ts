import { expect, it } from 'vitest'
import { only } from './event-stream.ts'
import { describeHouse, leapingClock, newTag } from './harness.ts'
import { present } from './present.ts'
import { key, MODELS, PROVIDER_NAMES, provider, together } from './settings.ts'

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

/** As many dead keys as a call may make requests, and one that lives. */
const SIX_DEAD = [1, 2, 3, 4, 5, 6].map((number) => `INVALID_OF_SEVEN_${number}`)

const DRIVERS = {
  openai: { driver: 'openai', api: 'responses' },
  'openai-chat': { driver: 'openai', api: 'chat' },
  anthropic: { driver: 'anthropic' },
  google: { driver: 'google' },
  compatible: { driver: 'openai-compatible' },
} as const

const clock = leapingClock()
const config = (url: string) => ({
  providers: together([
    ...Object.entries(POOLS).map(([name, keys]) => provider(name, url, { apiKeys: keys.map(key), pricedAs: 'openai' })),
    provider('all-dead', url, { apiKeys: SIX_DEAD.map(key), pricedAs: 'openai' }),
    provider('limited-at-once', url, { apiKeys: ['LIMITED', 'GOOD'].map(key), pricedAs: 'openai' }),
    provider('six-dead', url, { apiKeys: [...SIX_DEAD, 'GOOD'].map(key), pricedAs: 'openai' }),
    ...PROVIDER_NAMES.map((name) =>
      provider(`mixed-${name}`, url, { ...DRIVERS[name], apiKeys: ['INVALID', 'GOOD', 'UNPAID'].map(key) }),
    ),
  ]),
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

  it.each(PROVIDER_NAMES)(
    'cost none of many callers anything at once, of which any may meet a dead one: %s',
    async (name) => {
      const client = await house().client()
      const tag = newTag()
      const input = { model: `${MODELS[name].replace(name, `mixed-${name}`)}+tag=${tag}`, prompt: 'Hi' }
      const answers = await Promise.all(Array.from({ length: 12 }, () => client.answer(input)))
      expect(answers.map(({ attempts }) => attempts.at(-1)?.outcome)).toEqual(Array(12).fill('SUCCEEDED'))
      const refused = (await house().requests(tag)).filter(({ status }) => status !== 200)
      expect(refused.length).toBeGreaterThan(0)
      await client.answer(input)
      expect((await house().requests(tag)).filter(({ status }) => status !== 200)).toHaveLength(refused.length)
    },
  )

  it('that are dead do not use up the attempts of a call', async () => {
    const client = await house().client()
    const { attempts } = await client.answer({ model: `six-dead/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi' })
    expect(attempts.map(({ errorKind }) => errorKind)).toEqual([...Array(6).fill('AUTHENTICATION'), null])
  })

  it('that are dead leave the whole of its attempts to other candidates', async () => {
    const client = await house().client()
    const input = {
      model: `all-dead/gpt-5-mini+tag=${newTag()}`,
      prompt: 'Hi',
      routing: { fallbacks: [`openai/gpt-5-mini+503x1+tag=${newTag()}`] },
    }
    const { attempts } = await client.answer(input)
    const kinds = attempts.map(({ errorKind }) => errorKind)
    expect(kinds).toEqual([...Array(6).fill('AUTHENTICATION'), 'OVERLOADED', null])
  })

  it('cost no caller an error at a rate limit while another key is free, however many meet it at once', async () => {
    const client = await house().client()
    const input = { model: `limited-at-once/gpt-5-mini+headers=1500+tag=${newTag()}`, prompt: 'Hi' }
    const ends = await Promise.all(Array.from({ length: 60 }, () => client.complete(input)))
    const limited = ends.filter(({ attempts }) => attempts?.[0]?.errorKind === 'RATE_LIMITED')
    // Some forty, where nothing holds the machine up: far more than there may be retries of the model at once.
    expect(limited.length).toBeGreaterThan(0)
    expect(new Set(ends.map(({ attempts }) => attempts?.at(-1)?.outcome))).toEqual(new Set(['SUCCEEDED']))
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
