import { expect, it } from 'vitest'
import { listKeys } from '../../src/access/api-keys.ts'
import { type Client, eventually } from './client.ts'
import { openStream } from './event-stream.ts'
import { describeHouse, newTag } from './harness.ts'
import { picodollars } from './money.ts'
import { priced, together } from './settings.ts'

const LONG = `openai/long+words=400+tag=${newTag()}`
const config = () => ({
  models: together([priced(LONG, { price: { inputPerMillion: '0', outputPerMillion: '1000000' } })]),
})

const QUOTA = `id unit window limit used reserved resetsAt endUser thresholds amountsHidden
  scope { type apiKeyId endUser tag { key value } route }`
const SET = `mutation ($input: SetQuotaInput!) { setQuota(input: $input) {
  __typename ... on Quota { ${QUOTA} } ... on InvalidInputError { message issues { path message } } } }`
const DELETE = `mutation ($id: ID!) { deleteQuota(id: $id, comment: "no more") {
  __typename ... on Quota { ${QUOTA} } ... on NotFoundError { message } } }`
const LIST = `query ($endUser: String) { quotas(endUser: $endUser) { ${QUOTA} } }`
const AUDIT = '{ auditLog { edges { node { action subject comment changes { path before after } } } } }'
const REFUSED = `mutation ($input: CompletionInput!) { complete(input: $input) {
  __typename ... on QuotaExceededError { message retryable retryAfterMs quota { ${QUOTA} } } } }`
const SIGNALS = 'query ($id: ID!) { call(id: $id) { plan { signals { name value } } } }'
const EVENTS = 'subscription { quotaEvents { threshold unit limit used endUser scope { type } } }'

interface ShownQuota {
  readonly __typename: string
  readonly id: string
  readonly limit: string
  readonly issues?: readonly { readonly path: readonly string[] }[]
}

const ADMIN = { scopes: ['complete', 'read', 'admin'] } as const
const LITTLE = { model: `openai/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi', maxOutputTokens: 20 }

async function set(client: Client, input: unknown): Promise<ShownQuota> {
  const { data, errors } = await client.post<{ setQuota: ShownQuota }>(SET, { input })
  if (!data) throw new Error(JSON.stringify(errors))
  return data.setQuota
}

/** A quota is in force within a second. */
function inForce(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_050))
}

describeHouse('quotas', { config, random: () => 0 }, (house) => {
  it('are set, listed, changed and removed by administrators, and that is written down', async () => {
    const client = await house().client(ADMIN)
    const scope = { tag: { key: 'team', value: 'red' } }
    const first = await set(client, { scope, unit: 'USD', window: 'DAY', limit: '1.50', thresholds: [90, 10, 10] })
    expect(first).toMatchObject({
      __typename: 'Quota',
      limit: '1.5',
      used: '0',
      thresholds: [10, 90],
      amountsHidden: false,
      scope: { type: 'TAG', tag: { key: 'team', value: 'red' } },
    })
    const second = await set(client, { scope, unit: 'USD', window: 'DAY', limit: '2', comment: 'more' })
    expect(second).toMatchObject({ id: first.id, limit: '2', thresholds: [50, 80, 100] })
    expect((await client.post<{ quotas: unknown }>(LIST)).data?.quotas).toMatchObject([{ id: first.id, limit: '2' }])
    expect((await client.post(DELETE, { id: first.id })).data).toMatchObject({ deleteQuota: { __typename: 'Quota' } })
    expect((await client.post(DELETE, { id: first.id })).data).toMatchObject({
      deleteQuota: { __typename: 'NotFoundError' },
    })
    const audit = (await client.post<{ auditLog: { edges: { node: unknown }[] } }>(AUDIT)).data?.auditLog.edges.slice(
      0,
      3,
    )
    expect(audit?.map(({ node }) => node)).toMatchObject([
      { action: 'DELETE_QUOTA', subject: `quota/${first.id}`, comment: 'no more' },
      {
        action: 'SET_QUOTA',
        comment: 'more',
        changes: expect.arrayContaining([{ path: 'limit', before: '1.5', after: '2' }]),
      },
      { action: 'SET_QUOTA', changes: expect.arrayContaining([{ path: 'unit', before: null, after: 'USD' }]) },
    ])
  })

  it('that are wrong are refused with the field that is', async () => {
    const client = await house().client(ADMIN)
    const [foreign] = await listKeys(house().database)
    const good = { scope: { project: true }, unit: 'REQUESTS', limit: '5' }
    const pathOf = async (over: object) =>
      (await set(client, { ...good, ...over })).issues?.map(({ path }) => path.join('.'))
    expect(await pathOf({ limit: '1.5' })).toEqual(['limit'])
    expect(await pathOf({ limit: '-1' })).toEqual(['limit'])
    expect(await pathOf({ unit: 'USD', limit: '0.0000000000001' })).toEqual(['limit'])
    expect(await pathOf({ thresholds: [50, 101] })).toEqual(['thresholds.1'])
    expect(await pathOf({ scope: { project: false } })).toEqual(['scope.project'])
    expect(await pathOf({ scope: { route: 'nowhere' } })).toEqual(['scope.route'])
    expect(await pathOf({ scope: { apiKey: foreign?.id ?? '' } })).toEqual(['scope.apiKey'])
    for (const over of [{ scope: { installation: true } }, { project: 'somebody else' }]) {
      const { errors } = await client.post(SET, { input: { ...good, ...over } })
      expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', scope: 'operator' })
    }
    const reader = await house().client()
    expect((await reader.post(SET, { input: good })).errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
  })

  it('that refuse say which, how full and until when, and are told to whoever follows', async () => {
    const client = await house().client(ADMIN)
    await set(client, { scope: { eachEndUser: true }, unit: 'REQUESTS', window: 'HOUR', limit: '2' })
    await inForce()
    const events = await openStream(house().url, client.secret, { query: EVENTS })
    const reading = events.all().catch(() => {})
    const input = { ...LITTLE, endUser: 'ann' }
    await client.answer(input)
    await client.answer(input)
    const { data } = await client.post<{ complete: unknown }>(REFUSED, { input })
    expect(data?.complete).toMatchObject({
      __typename: 'QuotaExceededError',
      message: expect.stringMatching(/2 calls an hour for each end user, here "ann",.*2 used, 0 reserved.*resets at/),
      retryable: true,
      retryAfterMs: expect.any(Number),
      quota: { scope: { type: 'EACH_END_USER' }, endUser: 'ann', limit: '2', used: '2', reserved: '0' },
    })
    await client.answer({ ...LITTLE, endUser: 'bob' })
    expect((await client.post<{ quotas: unknown }>(LIST, { endUser: 'bob' })).data?.quotas).toMatchObject([
      { endUser: 'bob', used: '1' },
    ])
    const told = await eventually(async () => (events.seen.length >= 4 ? events.seen : null))
    events.leave()
    await reading
    expect(told).toMatchObject([
      { threshold: 50, endUser: 'ann', scope: { type: 'EACH_END_USER' } },
      { endUser: 'ann', limit: '2', used: '2' },
      { endUser: 'ann' },
      { threshold: 50, endUser: 'bob', used: '1' },
    ])
  })

  it('that are smaller than what a call needs say so, and promise nothing for later', async () => {
    const client = await house().client(ADMIN)
    await set(client, { scope: { project: true }, unit: 'TOKENS', window: 'HOUR', limit: '100' })
    await inForce()
    const { data } = await client.post<{ complete: unknown }>(REFUSED, { input: { ...LITTLE, maxOutputTokens: 200 } })
    expect(data?.complete).toMatchObject({
      message: expect.stringMatching(/which needs at least 2\d\d: 0 used, .* It never will: .*maxOutputTokens/),
      retryable: false,
      retryAfterMs: null,
      quota: { limit: '100', used: '0', reserved: '0' },
    })
    await client.answer({ ...LITTLE, maxOutputTokens: 20 })
  })

  it('of the installation hide from a project what others use', async () => {
    const operator = await house().client({ scopes: ['complete', 'read', 'operator'] })
    const client = await house().client()
    const made = await set(operator, {
      scope: { installation: true },
      unit: 'REQUESTS',
      limit: '0',
    })
    await inForce()
    const { data } = await client.post<{ complete: unknown }>(REFUSED, { input: LITTLE })
    expect(data?.complete).toMatchObject({
      message: 'The quota of 0 calls in all for the whole installation has no room for this call.',
      quota: { scope: { type: 'INSTALLATION' }, amountsHidden: true },
    })
    expect((await client.post(LIST)).data).toEqual({ quotas: [] })
    expect((await operator.post(LIST)).data).toMatchObject({ quotas: [{ id: made.id }] })
    await operator.post(DELETE, { id: made.id })
    await inForce()
    await client.answer(LITTLE)
  })

  it('in dollars stop an answer midway where they are used up, and settle it', async () => {
    const client = await house().client(ADMIN)
    await set(client, { scope: { project: true }, unit: 'USD', limit: '300' })
    await inForce()
    const events = await (await client.stream({ model: LONG, prompt: 'Why is the sky blue?' })).all()
    const end = events.at(-1)
    expect(end).toMatchObject({ __typename: 'CompletionFinished', completion: { finishReason: 'LENGTH' } })
    const [quota] = (await client.post<{ quotas: { used: string; reserved: string }[] }>(LIST)).data?.quotas ?? []
    expect(quota).toMatchObject({ reserved: '0' })
    expect(picodollars(quota?.used ?? '0')).toBeLessThanOrEqual(picodollars('300'))
    expect(picodollars(quota?.used ?? '0')).toBeGreaterThan(picodollars('200'))
    const { data } = await client.post(SIGNALS, { id: events[0]?.callId })
    expect(data).toMatchObject({
      call: {
        plan: { signals: expect.arrayContaining([{ name: 'quota', value: 'held to 300 US dollars, which are left' }]) },
      },
    })
    expect(await client.refusal({ model: LONG, prompt: 'And the sea?' })).toMatchObject({
      __typename: 'QuotaExceededError',
    })
  })
})
