import { expect, it } from 'vitest'
import { ask, codeOf } from './ask.ts'
import { type Client, clientOf } from './client.ts'
import { describeHouse, leapingClock, newTag } from './harness.ts'
import { MODELS, priority } from './settings.ts'

const MINT = `
mutation ($input: CreateBrowserTokenInput!) {
  createBrowserToken(input: $input) {
    __typename
    ... on BrowserToken { id token endUser expiresAt }
    ... on InvalidInputError { message issues { path message } }
  }
}`
const RATE = `
mutation ($id: ID!) { rateCall(callId: $id, metric: "helpful", score: 1) { __typename } }`

const SET_QUOTA = 'mutation ($input: SetQuotaInput!) { setQuota(input: $input) { ... on Quota { id } } }'
const DELETE_QUOTA = 'mutation ($id: ID!) { deleteQuota(id: $id) { __typename } }'
const REFUSED = `
mutation ($input: CompletionInput!) {
  complete(input: $input) { ... on QuotaExceededError { message quota { id used amountsHidden } } }
}`
const OWN = '{ viewer { project } apiKeys { edges { node { id } } } }'
const UPDATE_KEY = `
mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { __typename } }`

const COMMENT = `
mutation ($id: ID!, $comment: String) { rateCall(callId: $id, metric: "kind", score: 1, comment: $comment) { __typename } }`
const SEEN = `
mutation ($id: ID!) { cancelCall(id: $id) { ... on Call { plan { signals { name value } } ratings { comment } } } }`

interface Seen {
  readonly cancelCall: { readonly ratings: readonly unknown[] }
}
interface Refused {
  readonly complete: { readonly message: string; readonly quota: { readonly id: string } }
}
interface Own {
  readonly viewer: { readonly project: string }
  readonly apiKeys: { readonly edges: readonly { readonly node: { readonly id: string } }[] }
}
interface Token {
  readonly token: string
  readonly expiresAt: string
}

const clock = leapingClock()
const config = () => ({ routes: { ...priority('chat', [MODELS.openai]), ...priority('dear', [MODELS.anthropic]) } })

describeHouse('browser tokens', { clock, config, chunkDelayMs: 20 }, (house) => {
  const hello = { model: 'chat', prompt: 'Hi' }

  /** What a page of this end user has. */
  async function page(server: Client, endUser: string, more: object = {}): Promise<Client> {
    const input = { endUser, ...more }
    const { createBrowserToken } = await ask<{ createBrowserToken: Token }>(server, MINT, { input })
    expect(createBrowserToken).toMatchObject({ __typename: 'BrowserToken', endUser })
    return clientOf(house().url, createBrowserToken.token)
  }

  it('complete for their end user, with their tags, and do nothing else', async () => {
    const server = await house().client({ scopes: ['complete', 'read', 'admin', 'operator'] })
    const ada = await page(server, 'ada', { tags: [{ key: 'page', value: 'shop' }] })
    const { callId } = await ada.answer({ ...hello, tags: [{ key: 'own', value: '1' }] })
    expect(await server.call(callId)).toMatchObject({
      endUser: 'ada',
      tags: [
        { key: 'own', value: '1' },
        { key: 'page', value: 'shop' },
      ],
    })
    expect((await ada.answer({ ...hello, endUser: 'ada' })).text).not.toBe('')
    expect(await ada.refusal({ ...hello, endUser: 'bob' })).toMatchObject({
      __typename: 'InvalidRequestError',
      issues: [{ path: ['endUser'] }],
    })
    expect(await ada.refusal({ ...hello, tags: [{ key: 'page', value: 'admin' }] })).toMatchObject({
      issues: [{ path: ['tags', '0', 'value'] }],
    })
    expect((await ask<{ viewer: unknown }>(ada, '{ viewer { scopes endUser } }')).viewer).toEqual({
      scopes: ['complete'],
      endUser: 'ada',
    })
    for (const query of [
      '{ calls { edges { node { id } } } }',
      '{ quotas { id } }',
      '{ apiKeys { edges { cursor } } }',
    ]) {
      expect(await codeOf(ada, query), query).toBe('FORBIDDEN')
    }
    expect(await codeOf(ada, MINT, { input: { endUser: 'bob' } })).toBe('FORBIDDEN')
    expect(await codeOf(await house().client({ scopes: ['read'] }), MINT, { input: { endUser: 'bob' } })).toBe(
      'FORBIDDEN',
    )
  })

  it('see, cancel and rate the calls of their end user only', async () => {
    const server = await house().client()
    const [ada, bob] = [await page(server, 'ada'), await page(server, 'bob')]
    const events = await ada.stream({ ...hello, model: `${MODELS.openai}+words=500` })
    const { callId } = await events.until('AttemptStarted')

    const foreign = await bob.callEvents(callId)
    expect(await foreign.all()).toMatchObject([{ error: { __typename: 'InvalidRequestError' } }])
    expect(await bob.cancel(callId)).toMatchObject({ __typename: 'NotFoundError' })
    expect(await server.call(callId)).toMatchObject({ status: 'RUNNING' })
    const again = await (await page(server, 'ada')).callEvents(callId)
    expect((await again.until('AttemptStarted')).callId).toBe(callId)
    expect(await ada.cancel(callId)).toMatchObject({ __typename: 'Call', status: 'CANCELLED' })
    expect(await ask(bob, RATE, { id: callId })).toEqual({ rateCall: { __typename: 'NotFoundError' } })
    expect(await ask(ada, RATE, { id: callId })).toEqual({ rateCall: { __typename: 'Rating' } })
    // Not from the ledger either, once the events are no longer in memory.
    clock.leap(300_000)
    await server.answer(hello)
    expect(await (await (await page(server, 'bob')).callEvents(callId)).all()).toMatchObject([
      { error: { __typename: 'InvalidRequestError', message: expect.stringContaining('No call') } },
    ])
    expect(await (await (await page(server, 'ada')).callEvents(callId)).all()).toMatchObject([
      { error: { __typename: 'CancelledError' } },
    ])
  })

  it('keep the idempotency keys of end users apart', async () => {
    const server = await house().client()
    const idempotencyKey = newTag()
    const [ada, bob] = [await page(server, 'ada'), await page(server, 'bob')]
    const first = await ada.answer({ ...hello, idempotencyKey })
    expect((await bob.answer({ ...hello, idempotencyKey })).callId).not.toBe(first.callId)
    expect((await server.answer({ ...hello, idempotencyKey })).callId).not.toBe(first.callId)
    // Another token of the same end user joins: a page may get a new one before it asks again.
    expect((await (await page(server, 'ada')).answer({ ...hello, idempotencyKey })).callId).toBe(first.callId)
  })

  it('hold their quotas from their first call on', async () => {
    const server = await house().client()
    await server.answer(hello)
    const quotas = [{ unit: 'REQUESTS', window: 'TOTAL', limit: '2' }]
    const [ada, other] = [await page(server, 'ada', { quotas }), await page(server, 'ada')]
    const results = await Promise.all(Array.from({ length: 5 }, () => ada.complete(hello)))
    expect(results.map((result) => result.__typename).sort()).toEqual([
      'Completion',
      'Completion',
      'QuotaExceededError',
      'QuotaExceededError',
      'QuotaExceededError',
    ])
    expect((await other.complete(hello)).__typename).toBe('Completion')
  })

  it('are told that a limit is reached, and not what others used of it', async () => {
    const server = await house().client({ scopes: ['complete', 'read', 'admin'] })
    const ada = await page(server, 'ada')
    for (const scope of [{ project: true }, { endUser: 'ada' }]) {
      await ask(server, SET_QUOTA, { input: { scope, unit: 'TOKENS', limit: '1' } })
      clock.leap(1_000)
      const isOwn = 'endUser' in scope
      const { data } = await ada.post<Refused>(REFUSED, { input: hello })
      expect(data?.complete).toMatchObject({ quota: { used: isOwn ? '0' : '1', amountsHidden: !isOwn } })
      expect(/used/.test(data?.complete.message ?? '')).toBe(isOwn)
      const { data: whole } = await server.post<Refused>(REFUSED, { input: { ...hello, endUser: 'ada' } })
      expect(whole?.complete).toMatchObject({ quota: { used: '0', amountsHidden: false } })
      await ask(server, DELETE_QUOTA, { id: whole?.complete.quota.id })
    }
  })

  it('are not told of their own calls what was left of a quota, nor what reviewers wrote', async () => {
    const server = await house().client({ scopes: ['complete', 'read', 'admin'] })
    const { viewer } = await ask<Own>(server, OWN)
    const reviewer = await house().client({ project: viewer.project, scopes: ['complete'] })
    await ask(server, SET_QUOTA, { input: { scope: { project: true }, unit: 'TOKENS', limit: '3000' } })
    clock.leap(1_000)
    const ada = await page(server, 'ada')
    const { callId: id } = await ada.answer(hello)
    await ask(ada, COMMENT, { id, comment: 'Thanks' })
    await ask(reviewer, COMMENT, { id, comment: 'She asks this each day' })
    const [hers, theirs] = [await ask<Seen>(ada, SEEN, { id }), await ask<Seen>(server, SEEN, { id })]
    expect(JSON.stringify(theirs)).toMatch(/held to \d+ tokens.*Thanks.*each day/)
    expect(JSON.stringify(hers)).not.toMatch(/held to|each day/)
    expect(hers.cancelCall.ratings).toEqual([{ comment: 'Thanks' }])
  })

  it('follow no call any more once their key may ask none, nor does a key that never could', async () => {
    const server = await house().client({ scopes: ['complete', 'admin'] })
    const ada = await page(server, 'ada')
    const { callId } = await ada.answer(hello)
    expect((await (await ada.callEvents(callId)).all()).at(-1)).toMatchObject({ __typename: 'CompletionFinished' })
    const { viewer, apiKeys } = await ask<Own>(server, OWN)
    const other = await house().client({ project: viewer.project, scopes: ['admin'] })
    await ask(server, UPDATE_KEY, { id: apiKeys.edges[0]?.node.id, input: { scopes: ['ADMIN'] } })
    clock.leap(1_000)
    for (const client of [ada, server, other]) {
      expect(await (await client.callEvents(callId)).all()).toMatchObject([
        { __typename: 'CompletionFailed', error: { __typename: 'NotAuthorizedError' } },
      ])
    }
  })

  it('are bound to routes and models, also where their key is bound later', async () => {
    const project = newTag()
    const server = await house().client({ project })
    const ada = await page(server, 'ada', { allowedRoutes: ['chat'] })
    expect((await ada.answer(hello)).provider).toBe('openai')
    expect((await ada.refusal({ ...hello, model: 'dear' })).__typename).toBe('NotAuthorizedError')
    expect((await ada.refusal({ ...hello, model: MODELS.openai })).__typename).toBe('NotAuthorizedError')
    const admin = await house().client({ project, scopes: ['admin', 'complete', 'read'] })
    const { apiKeys } = await ask<{ apiKeys: { edges: { node: { id: string } }[] } }>(
      admin,
      '{ apiKeys(first: 1) { edges { node { id } } } }',
    )
    const update =
      'mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { __typename } }'
    await ask(admin, update, { id: apiKeys.edges[0]?.node.id, input: { allowedRoutes: ['dear'] } })
    clock.leap(1_000)
    expect((await ada.refusal(hello)).__typename).toBe('NotAuthorizedError')
  })

  it('expire, and are minted for a day at most', async () => {
    const server = await house().client()
    const { createBrowserToken } = await ask<{ createBrowserToken: Token }>(server, MINT, { input: { endUser: 'ada' } })
    const life = Date.parse(createBrowserToken.expiresAt) - clock.now()
    expect(life).toBeGreaterThan(14 * 60_000)
    expect(life).toBeLessThanOrEqual(15 * 60_000)
    clock.leap(life + 1)
    const late = clientOf(house().url, createBrowserToken.token)
    expect((await late.refusal(hello)).__typename).toBe('NotAuthorizedError')
    const wrong = {
      endUser: '',
      expiresInSeconds: 86_401,
      allowedModels: ['chat'],
      quotas: [
        { unit: 'REQUESTS', window: 'DAY', limit: '0.5' },
        { unit: 'USD', window: 'DAY', limit: '-1' },
        { unit: 'USD', window: 'DAY', limit: '1' },
      ],
    }
    const refused = await ask<{ createBrowserToken: { issues: { path: string[] }[] } }>(server, MINT, { input: wrong })
    expect(refused.createBrowserToken.issues.map(({ path }) => path.join('.')).sort()).toEqual([
      'allowedModels.0',
      'endUser',
      'expiresInSeconds',
      'quotas.0.limit',
      'quotas.1.limit',
      'quotas.2',
    ])
  })
})
