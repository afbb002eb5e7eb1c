import { describe, expect, it } from 'vitest'
import type { RulesConfig } from '../../src/config/define-config.ts'
import type { Completion, Event } from './answers.ts'
import type { Client, Input } from './client.ts'
import { eventually } from './client.ts'
import { only } from './event-stream.ts'
import { describeHouse, newTag } from './harness.ts'
import { present } from './present.ts'
import { MODELS, PROVIDER_NAMES, priced, priority, together } from './settings.ts'

/** A route over two models that hedges soon, and the tag of its requests. */
function pair(name: string, first: string, second: string, rules: RulesConfig = {}) {
  const tag = newTag()
  const models = [`${first}+tag=${tag}`, `${second}+tag=${tag}`]
  return { name, tag, models, routes: priority(name, models, { hedge: { afterMs: 50 }, ...rules }) }
}

const SOUND = MODELS.anthropic

const RACES = PROVIDER_NAMES.map((provider) =>
  pair(`late-${provider}`, `${MODELS[provider]}+first-token=25000`, provider === 'anthropic' ? MODELS.google : SOUND),
)
const PATIENT = pair('patient', `${MODELS.openai}+first-token=100`, SOUND, { hedge: { afterMs: 3_000 } })
const UNMEASURED = pair('unmeasured', `${MODELS.openai}+first-token=150`, SOUND, { hedge: true })
const MEASURED = pair('measured', `${MODELS.openai}+okx8+silent`, SOUND, { hedge: true })
const FIRST_FAILS = pair('first-fails', `${MODELS.openai}+headers=600+500`, `${SOUND}+first-token=1200`)
const SECOND_FAILS = pair('second-fails', `${MODELS.openai}+first-token=1000`, `${SOUND}+500`)
const BOTH_FAIL = pair('both-fail', `${MODELS.openai}+headers=500+500`, `${SOUND}+headers=900+503`)
const FIRST_FAILS_LAST = pair('first-fails-last', `${MODELS.openai}+headers=700+500`, `${SOUND}+404`)
const BREAKS = pair('breaks', `${MODELS.openai}+first-token=1000`, `${SOUND}+cut`)
const REFUSED = pair('refused', `${MODELS.openai}+headers=500+blocked`, `${SOUND}+first-token=25000`)
const SILENT = pair('silent', `${MODELS.openai}+silent`, `${SOUND}+silent`)
const ONE_ONLY = pair('one-only', `${MODELS.openai}+first-token=150`, SOUND, { attempts: { perCall: 1 } })
const CROWDED = pair('crowded', `${MODELS.openai}+first-token=300`, SOUND)
const PRICED = pair('priced', `${MODELS.openai}+first-token=1000`, SOUND)

const ALL = [
  ...RACES,
  PATIENT,
  UNMEASURED,
  MEASURED,
  FIRST_FAILS,
  SECOND_FAILS,
  BOTH_FAIL,
  FIRST_FAILS_LAST,
  BREAKS,
  REFUSED,
  SILENT,
  ONE_ONLY,
  CROWDED,
  PRICED,
]
const config = () => ({
  routes: together(ALL.map(({ routes }) => routes)),
  models: together(PRICED.models.map((id) => priced(id))),
})

const PROMPT = 'Why is the sky blue?'

describeHouse('hedging', { random: () => 0, config }, (house) => {
  describe.each(['stream', 'unary'] as const)('as %s', (delivery) => {
    it.concurrent.each(RACES)('lets the second answer where the first is slow: $name', async ({ name, tag }) => {
      const { completion, events, client } = await asked(delivery, { model: name, prompt: PROMPT })
      expect(completion.attempts).toMatchObject([
        { number: 1, outcome: 'CANCELLED', error: 'Another attempt was faster', usage: null, costUsd: '0' },
        { number: 2, outcome: 'SUCCEEDED', provider: completion.provider },
      ])
      expect(completion.attempts[0]?.durationMs).toBeLessThan(20_000)
      expect(completion.cost.wastedUsd).toBe('0')
      expect(await client.call(completion.callId)).toMatchObject({ attempts: completion.attempts })
      if (delivery === 'stream') expectFold(events, completion)
      const requests = await house().requestsOver(tag)
      const closed = requests.filter(({ clientClosedAfterMs }) => (clientClosedAfterMs ?? 25_000) < 20_000)
      expect(closed).toEqual(requests.filter(({ model }) => model.includes('+first-token')))
    })
  })

  it('asks nobody else where the first is fast enough', async () => {
    const { completion } = await asked('stream', { model: 'patient', prompt: PROMPT })
    expect(completion.attempts).toMatchObject([{ number: 1, outcome: 'SUCCEEDED', provider: 'openai' }])
    expect(await house().requests(PATIENT.tag)).toHaveLength(1)
  })

  it('waits for what it has not measured, where the route gives no time of its own', async () => {
    const { client, completion } = await asked('unary', { model: 'unmeasured', prompt: PROMPT })
    expect(completion.attempts).toHaveLength(1)
    const signals = await signalsOf(client, 'unmeasured')
    expect(signals).toEqual([{ name: 'hedge', value: expect.stringMatching(/^no: too few answers of openai\//) }])
  })

  it('waits no longer than the p95 of the first, once that is measured, and the plan says so', async () => {
    const client = await house().client()
    for (let count = 0; count < 8; count++) {
      expect(await client.answer({ model: 'measured', prompt: PROMPT })).toMatchObject({ provider: 'openai' })
    }
    const [signal] = await signalsOf(client, 'measured')
    const [, ms] = /^after (\d+) ms without output, the p95 of openai\/gpt-5-mini/.exec(signal?.value ?? '') ?? []
    const { attempts } = await client.answer({ model: 'measured', prompt: PROMPT })
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['CANCELLED', 'SUCCEEDED'])
    const [first, second] = attempts.map(({ startedAt }) => Date.parse(startedAt))
    expect(present(second) - present(first)).toBeGreaterThanOrEqual(Number(ms) - 2)
    expect(present(second) - present(first)).toBeLessThan(Number(ms) + 3_000)
  })

  it.concurrent('goes on with the second alone where the first fails meanwhile', async () => {
    const { completion, events } = await asked('stream', { model: 'first-fails', prompt: PROMPT })
    expect(completion).toMatchObject({
      provider: 'anthropic',
      attempts: [{ outcome: 'FAILED' }, { outcome: 'SUCCEEDED' }],
    })
    expect(only(events, 'AttemptFailed')).toMatchObject([
      { outputVoided: false, willContinue: true, attempt: { number: 1, errorKind: 'SERVER_ERROR' } },
    ])
    expect(await house().requests(FIRST_FAILS.tag)).toHaveLength(2)
  })

  it.concurrent('goes on with the first alone where the second fails, in the order of their numbers', async () => {
    const { completion, client } = await asked('stream', { model: 'second-fails', prompt: PROMPT })
    expect(completion).toMatchObject({
      provider: 'openai',
      attempts: [
        { number: 1, outcome: 'SUCCEEDED' },
        { number: 2, outcome: 'FAILED' },
      ],
    })
    expect(await client.call(completion.callId)).toMatchObject({ attempts: completion.attempts })
    expect(await house().requests(SECOND_FAILS.tag)).toHaveLength(2)
  })

  it.concurrent('goes by the table of failures where both fail', async () => {
    const client = await house().client()
    const { attempts } = await client.refusal({ model: 'both-fail', prompt: PROMPT })
    expect(attempts?.map(({ number, provider }) => [number, provider])).toEqual([
      [1, 'openai'],
      [2, 'anthropic'],
      [3, 'anthropic'],
    ])
    const last = await client.refusal({ model: 'first-fails-last', prompt: PROMPT })
    expect(last.attempts?.map(({ provider }) => provider)).toEqual(['openai', 'anthropic', 'openai'])
  })

  it.concurrent('comes back to the slow one where the faster one breaks off', async () => {
    const { completion, events } = await asked('stream', { model: 'breaks', prompt: PROMPT })
    expect(completion.attempts.map(({ outcome }) => outcome)).toEqual(['CANCELLED', 'FAILED', 'SUCCEEDED'])
    expect(completion.provider).toBe('openai')
    expect(only(events, 'AttemptFailed').map(({ outputVoided }) => outputVoided)).toEqual([false, true])
  })

  it.concurrent('does not shop a refusal of the content around', async () => {
    const client = await house().client()
    const error = await client.refusal({ model: 'refused', prompt: PROMPT })
    expect(error).toMatchObject({
      __typename: 'ContentRejectedError',
      provider: 'openai',
      attempts: [{ errorKind: 'CONTENT_REJECTED' }, { outcome: 'CANCELLED' }],
    })
    const requests = await house().requestsOver(REFUSED.tag)
    const closed = requests.filter(({ clientClosedAfterMs }) => clientClosedAfterMs !== null)
    expect(closed).toEqual(requests.filter(({ model }) => model.includes('+first-token')))
  })

  it('ends both with the call: at its deadline, and when its client leaves', async () => {
    const client = await house().client()
    const late = await client.refusal({ model: 'silent', prompt: PROMPT, routing: { totalTimeoutMs: 300 } })
    expect(late).toMatchObject({ __typename: 'TimeoutError' })
    expect(late.attempts?.map(({ outcome }) => outcome)).toEqual(['TIMED_OUT', 'TIMED_OUT'])

    const stream = await client.stream({ model: 'silent', prompt: PROMPT })
    const { callId } = await stream.until('AttemptStarted')
    await stream.until('AttemptStarted')
    stream.leave()
    const call = await client.ended(callId)
    expect(call).toMatchObject({ status: 'CANCELLED', attempts: [{ outcome: 'CANCELLED' }, { outcome: 'CANCELLED' }] })
    const requests = await house().requestsOver(SILENT.tag)
    expect(requests.map(({ clientClosedAfterMs }) => clientClosedAfterMs !== null)).toEqual([true, true, true, true])
  })

  it('counts as an attempt', async () => {
    const { completion } = await asked('unary', { model: 'one-only', prompt: PROMPT })
    expect(completion.attempts).toHaveLength(1)
    expect(await house().requests(ONE_ONLY.tag)).toHaveLength(1)
  })

  it.concurrent('is never started where the budget does not pay for both', async () => {
    const most = { maxOutputTokens: 1_000, prompt: PROMPT }
    const routing = (maxCostUsd: string) => ({ model: 'priced', routing: { maxCostUsd } })
    const tight = await asked('stream', { ...most, ...routing('0.0008') })
    expect(tight.completion.attempts).toMatchObject([{ provider: 'openai', outcome: 'SUCCEEDED' }])
    const unbounded = await asked('stream', { prompt: PROMPT, ...routing('0.0008') })
    expect(unbounded.completion.attempts).toHaveLength(1)
    const wide = await asked('stream', { ...most, ...routing('0.002') })
    expect(wide.completion.attempts).toMatchObject([{ outcome: 'CANCELLED' }, { provider: 'anthropic' }])
  })

  it.concurrent('is a rule of routes published at run time too', async () => {
    const client = await house().client({ scopes: ['admin', 'complete', 'read'] })
    const { name, models } = pair('published', `${MODELS.openai}+first-token=25000`, SOUND)
    const config = { strategy: 'priority', models, hedge: { afterMs: 50 } }
    const { data } = await client.post<{ publishRoute: { __typename: string } }>(
      'mutation ($input: PublishRouteInput!) { publishRoute(input: $input) { __typename } }',
      { input: { name, config } },
    )
    expect(data?.publishRoute.__typename).toBe('RouteVersion')
    const { attempts } = await client.answer({ model: name, prompt: PROMPT })
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['CANCELLED', 'SUCCEEDED'])
  })

  it('does not double the load of a slow provider', async () => {
    const client = await house().client()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.answer({ model: 'crowded', prompt: PROMPT })),
    )
    expect(answers.filter(({ attempts }) => attempts.length > 1)).toHaveLength(10)
    expect(await eventually(async () => (await house().requestsOver(CROWDED.tag)).length)).toBe(30)
  })

  async function asked(delivery: 'stream' | 'unary', input: Input) {
    const client = await house().client()
    const none: readonly Event[] = []
    if (delivery === 'unary') return { client, events: none, completion: await client.answer(input) }
    const events = await (await client.stream(input)).all()
    return { client, events, completion: present(only(events, 'CompletionFinished')[0]).completion }
  }
})

/** What a client folds is the answer of the one that won, and nothing of the other. */
function expectFold(events: readonly Event[], completion: Completion) {
  expect(only(events, 'AttemptStarted').map(({ number }) => number)).toEqual([1, 2])
  const [failure] = only(events, 'AttemptFailed')
  expect(failure).toMatchObject({ outputVoided: false, willContinue: true, attempt: { number: 1 } })
  expect(only(events.slice(0, failure?.seq), 'TextDelta')).toEqual([])
  const text = only(events, 'TextDelta').map(({ text: delta }) => delta)
  expect(text.join('')).toBe(completion.text)
}

interface Signal {
  readonly name: string
  readonly value: string
}

async function signalsOf(client: Client, model: string): Promise<readonly Signal[]> {
  const { data } = await client.post<{ explainRoute: { signals: readonly Signal[] } }>(
    'query ($input: CompletionInput!) { explainRoute(input: $input) { signals { name value } } }',
    { input: { model, prompt: PROMPT } },
  )
  return present(data).explainRoute.signals
}
