import { beforeAll, expect, it } from 'vitest'
import { newCallId } from '../../src/core/call-id.ts'
import { SCOPES as ALL_SCOPES } from '../../src/core/caller.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createSchema } from '../../src/graph/schema.ts'
import { ask } from './ask.ts'
import { type Client, eventually, type GraphqlAnswer } from './client.ts'
import { openStream } from './event-stream.ts'
import { wholeOperation } from './full-selection.ts'
import { describeHouse, newTag } from './harness.ts'
import { type Cases, type Keeping, MUTATIONS, QUERIES, SUBSCRIPTIONS, type Victim } from './isolation-cases.ts'
import { rowsOfProject } from './project-digest.ts'
import { MODELS, route } from './settings.ts'

const schema = createSchema()
const MANY = 1_000_000
const config = () => ({
  server: { limits: { depth: 50, aliases: MANY, tokens: MANY, cost: MANY } },
  routes: route('test', {
    strategy: 'experiment',
    variants: { one: { models: [MODELS.openai] }, two: { models: [MODELS.openai] } },
  }),
})

const CREATE_KEY = `
mutation ($name: String!) {
  createApiKey(input: { name: $name, scopes: [READ] }) { ... on CreatedApiKey { key { id prefix } } }
}`
const SET_QUOTA = `
mutation ($scope: QuotaScopeInput!, $limit: Decimal!) {
  setQuota(input: { scope: $scope, unit: REQUESTS, limit: $limit, thresholds: [50] }) { ... on Quota { id } }
}`
const STORE = 'mutation ($id: ID!) { updateProject(id: $id, input: { store: FULL }) { __typename } }'
const RATE = `
mutation ($id: ID!, $mark: String!) {
  rateCall(callId: $id, metric: "helpful", score: 1, comment: $mark) { __typename }
}`
const PUBLISH = `
mutation ($config: JSON!) { publishRoute(input: { name: "published", config: $config }) { __typename } }`
const KEYS = '{ apiKeys { edges { node { id prefix } } } }'
const KEPT = 'query ($id: ID!) { call(id: $id) { request response } }'
const USAGE = `{
  usage(range: { from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z" }, groupBy: [STATUS]) {
    total { calls costUsd } rows { group { value } metrics { calls costUsd } }
  }
}`

const SCOPES = ['complete', 'read', 'admin'] as const
const ROOTS = { query: QUERIES, mutation: MUTATIONS, subscription: SUBSCRIPTIONS }
type Kind = keyof typeof ROOTS

describeHouse('no project sees or changes anything of another', { config, chunkDelayMs: 20 }, (house) => {
  let victim: Victim & { readonly client: Client }
  /** Who has nothing of his own, so that whatever he is shown is somebody else's. */
  let stranger: Client
  /** What there is nowhere, of the same time. */
  let nobody: Victim
  /** What must not reach the stranger. */
  let secrets: readonly string[]

  beforeAll(async () => {
    const mark = newTag()
    const client = await house().client({ project: mark, scopes: SCOPES })
    stranger = await house().client({ scopes: SCOPES })
    const { project } = await ask<{ project: { id: string } }>(client, '{ project { id } }')
    await ask(client, STORE, { id: project.id })
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const { createApiKey } = await ask<{ createApiKey: { key: { id: string; prefix: string } } }>(client, CREATE_KEY, {
      name: `key ${mark}`,
    })
    const scope = { tag: { key: 'team', value: mark } }
    const { setQuota } = await ask<{ setQuota: { id: string } }>(client, SET_QUOTA, { scope, limit: '1000' })
    const own = { endUser: mark, tags: [{ key: 'team', value: mark }] }
    const prompt = `Say ${mark}`
    const idempotencyKey = `once-${mark}`
    const { callId } = await client.answer({ model: 'test', prompt, idempotencyKey, ...own })
    await ask(client, RATE, { id: callId, mark })
    await eventually(async () => {
      const { call } = await ask<{ call: { request: unknown; response: unknown } }>(client, KEPT, { id: callId })
      return call.request !== null && call.response !== null ? call : null
    })
    const stream = await client.stream({ model: `${MODELS.openai}+slow=30+words=3000`, prompt, ...own })
    const { callId: runningId } = await stream.until('AttemptStarted')
    await ask(client, PUBLISH, { config: { strategy: 'priority', models: [MODELS.openai] } })
    const { apiKeys } = await ask<{ apiKeys: { edges: { node: { id: string; prefix: string } }[] } }>(client, KEYS)
    const keyId = createApiKey.key.id
    victim = { client, projectId: project.id, callId, runningId, keyId, quotaId: setQuota.id, mark, idempotencyKey }
    nobody = made()
    const keys = apiKeys.edges.flatMap(({ node }) => [node.id, node.prefix])
    secrets = [mark, project.id, callId, runningId, setQuota.id, ...keys]
  })

  const operationOf = (kind: Kind, name: string) => wholeOperation(schema, kind, name)

  /** What of the victim stands in an answer, but for what an error repeats of the question. */
  function leaks(answer: unknown, args: unknown): readonly string[] {
    const asked = JSON.stringify(args)
    const visit = (value: unknown, key: string): readonly string[] => {
      if (typeof value === 'object' && value !== null) {
        return Object.entries(value).flatMap(([name, each]) => visit(each, name))
      }
      const found = secrets.filter((secret) => String(value).includes(secret))
      const isError = /(^|_)message$|^(CompletionFailed|InvalidRequestError)_callId$/.test(key)
      return found.filter((secret) => !(isError && asked.includes(secret))).map((secret) => `${key}: ${secret}`)
    }
    return visit(answer, '')
  }

  /** The answer to each way of asking, which must be well asked. */
  async function answers(
    client: Client,
    kind: Kind,
    name: string,
  ): Promise<readonly [unknown, GraphqlAnswer<unknown>][]> {
    const [, ...tries] = caseOf(kind, name)
    const operation = operationOf(kind, name)
    const found: [unknown, GraphqlAnswer<unknown>][] = []
    for (const make of tries) {
      const args = make(victim)
      const answer = await client.post(operation, args)
      const codes = answer.errors.map(({ extensions }) => extensions?.code)
      expect(
        codes.filter((code) => code !== 'FORBIDDEN' && code !== 'NOT_FOUND'),
        JSON.stringify(answer.errors),
      ).toEqual([])
      found.push([args, answer])
    }
    return found
  }

  function caseOf(kind: Kind, name: string): Cases[string] {
    const entry = ROOTS[kind][name]
    if (!entry) throw new Error(NEW_FIELD(kind, name))
    return entry
  }

  const NEW_FIELD = (kind: string, name: string) =>
    `The ${kind} "${name}" is new: add a line to test/e2e/isolation-cases.ts that says how it keeps projects apart.`

  it.each(Object.keys(ROOTS) as Kind[])('in any %s of the schema: each has its case', (kind) => {
    const roots = {
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    }
    const names = Object.keys(roots[kind]?.getFields() ?? {})
    expect(names.filter((name) => !(name in ROOTS[kind])).map((name) => NEW_FIELD(kind, name))).toEqual([])
    expect(
      Object.keys(ROOTS[kind]).filter((name) => !names.includes(name)),
      'cases of fields that are gone',
    ).toEqual([])
  })

  it.each(Object.entries(QUERIES))('by the query %s', async (name, [keeping]) => {
    for (const [args, { data, errors }] of await answers(stranger, 'query', name)) {
      expect(leaks({ data, errors }, args)).toEqual([])
      if (keeping === 'forbidden') expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
      if (keeping === 'counts') expect(JSON.stringify(data)).not.toMatch(COUNTED)
    }
    // The same questions do find something where their asker may see it: else they would prove nothing.
    const found = await answers(victim.client, 'query', name)
    if (keeping === 'own') expect(found.some(([, { data }]) => leaks(data, {}).length > 0)).toBe(true)
    if (keeping === 'counts') expect(JSON.stringify(found)).toMatch(COUNTED)
  })

  it.each(Object.entries(MUTATIONS))('by the mutation %s', async (name, [keeping]) => {
    const before = await stateOfVictim()
    for (const [args, { data, errors }] of await answers(stranger, 'mutation', name)) {
      expect(leaks({ data, errors }, args)).toEqual([])
      if (keeping === 'forbidden') expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    }
    expect(await stateOfVictim()).toEqual(before)
  })

  /** The questions that name something of the victim. */
  const NAMING = (['query', 'mutation'] as const).flatMap((kind) =>
    Object.entries(ROOTS[kind]).flatMap(([name, [, ...tries]]) =>
      tries
        .filter((make) => JSON.stringify(make(ONE)) !== JSON.stringify(make(ANOTHER)))
        .map((make, at) => ({ kind, name, at, make })),
    ),
  )

  it.each(NAMING)('nor tells whether there is such a thing: $kind $name ($at)', async ({ kind, name, make }) => {
    const told = async (who: Victim) => anonymous(await stranger.post(operationOf(kind, name), make(who)), who)
    expect(await told(victim)).toEqual(await told(nobody))
  })

  it('nor tells whether there is such a call: callEvents', async () => {
    const told = async (who: Victim, callId: string) => {
      const stream = await stranger.callEvents(callId)
      return anonymous(await stream.all(), who)
    }
    const unknown = await told(nobody, nobody.callId)
    expect(await told(victim, victim.callId)).toEqual(unknown)
    expect(await told(victim, victim.runningId)).toEqual(unknown)
  })

  it.each(Object.entries(SUBSCRIPTIONS))('by the subscription %s', async (name, [keeping, ...tries]) => {
    const mine = await house().client({ scopes: SCOPES })
    const query = operationOf('subscription', name)
    for (const make of tries) {
      const variables = make(victim)
      const stream = await openStream(house().url, mine.secret, { query, variables })
      const ended = stream.all().catch(() => stream.seen)
      if (keeping === 'own' || keeping === 'counts') await activity(mine, keeping, stream)
      else await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1_000))])
      stream.leave()
      await ended
      expect(leaks(stream.seen, variables)).toEqual([])
      expect(stream.seen.length).toBeGreaterThan(0)
    }
  })

  /** Something that both projects would be told of, each by its own subscription. */
  async function activity(
    mine: Client,
    keeping: Keeping,
    stream: { readonly seen: readonly unknown[] },
  ): Promise<void> {
    const input = { model: MODELS.openai, prompt: 'Hi' }
    const scope = { project: true }
    for (const client of [victim.client, mine]) {
      await ask(client, SET_QUOTA, { scope, limit: client === mine ? '2' : '8' })
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    for (const client of [victim.client, victim.client, mine]) await client.complete(input)
    await eventually(async () =>
      /"[A-Za-z]*_(calls|threshold)":[1-9]/.test(JSON.stringify(stream.seen)) ? true : null,
    )
    await victim.client.complete(input)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const told = JSON.stringify(stream.seen).match(keeping === 'counts' ? COUNTED_ALL : /_threshold":/g) ?? []
    expect(told).toHaveLength(1)
  }

  it('for want of the right, and not of the right question: who may, does all of it', async () => {
    const owner = await house().client({ project: victim.mark, scopes: ALL_SCOPES })
    for (const [name, [keeping]] of Object.entries(MUTATIONS)) {
      if (keeping !== 'acts') continue
      for (const [, { data, errors }] of await answers(owner, 'mutation', name)) {
        expect(errors, name).toEqual([])
        expect(JSON.stringify(data), name).not.toMatch(/"(NotFoundError|InvalidInputError|NotAuthorizedError)"/)
      }
    }
  })

  async function stateOfVictim() {
    return { rows: await rowsOfProject(house().database, victim.projectId), usage: await ask(victim.client, USAGE) }
  }
})

/** Things that there are nowhere. */
function made(): Victim {
  const id = () => newCallId(systemClock)
  const mark = newTag()
  const ids = { projectId: id(), callId: id(), runningId: id(), keyId: id(), quotaId: id() }
  return { ...ids, mark, idempotencyKey: `once-${mark}` }
}

const [ONE, ANOTHER] = [made(), made()]

/** An answer without what was asked for by name, and without what differs from one call to the next. */
function anonymous(answer: unknown, { mark, idempotencyKey }: Victim): string {
  return JSON.stringify(answer)
    .replaceAll(idempotencyKey, 'KEY')
    .replaceAll(mark, 'MARK')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/\d+(\.\d+)?/g, '0')
}

/** A number of calls above zero. */
const COUNTED = /_(calls|sampled)":[1-9]/
const COUNTED_ALL = /_calls":[1-9]/g
