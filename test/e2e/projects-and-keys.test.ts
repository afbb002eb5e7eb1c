import { expect, it } from 'vitest'
import type { Scope } from '../../src/core/caller.ts'
import { SCOPES } from '../../src/core/caller.ts'
import { systemClock } from '../../src/core/clock.ts'
import { importReport } from '../../src/ledger/reconciliation/import-report.ts'
import { readReport } from '../../src/ledger/reconciliation/read-report.ts'
import { ask, codeOf } from './ask.ts'
import { type Client, clientOf, eventually } from './client.ts'
import { openStream } from './event-stream.ts'
import { describeHouse, leapingClock, newTag } from './harness.ts'
import { MODELS, priority } from './settings.ts'

const ISSUES = '... on InvalidInputError { message issues { path message } }'
const PROJECT = `__typename ... on Project { id name store archivedAt } ${ISSUES} ... on NotFoundError { message }`
const KEY = 'id project name prefix scopes expiresAt revokedAt allowedModels allowedRoutes allowedOrigins replacedBy'
const CREATE_PROJECT = `mutation ($input: CreateProjectInput!) { createProject(input: $input) { ${PROJECT} } }`
const UPDATE_PROJECT = `
mutation ($id: ID!, $input: UpdateProjectInput!) { updateProject(id: $id, input: $input) { ${PROJECT} } }`
const ARCHIVE = `mutation ($id: ID!) { archiveProject(id: $id) { ${PROJECT} } }`
const RESTORE = `mutation ($id: ID!) { restoreProject(id: $id) { ${PROJECT} } }`
const PROJECTS = '{ projects(first: 200) { edges { node { id name calls { edges { node { id } } } } } } }'
const OWN = '{ project { id name } }'
const CREATE_KEY = `
mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { __typename ... on CreatedApiKey { secret key { ${KEY} } } ${ISSUES} }
}`
const UPDATE_KEY = `
mutation ($id: ID!, $input: UpdateApiKeyInput!) {
  updateApiKey(id: $id, input: $input) { __typename ... on ApiKey { ${KEY} } ${ISSUES} ... on NotFoundError { message } }
}`
const ROTATE = `
mutation ($id: ID!, $overlapSeconds: Int) {
  rotateApiKey(id: $id, overlapSeconds: $overlapSeconds) {
    __typename ... on RotatedApiKey { secret key { ${KEY} } replaced { ${KEY} } } ${ISSUES}
  }
}`
const REVOKE = `
mutation ($id: ID!) { revokeApiKey(id: $id) { __typename ... on ApiKey { ${KEY} } ${ISSUES} } }`
const KEYS = `query ($project: ID) { apiKeys(project: $project) { edges { node { ${KEY} } } } }`
const AUDIT = `{
  auditLog(first: 200) {
    edges { node { action subject projectId apiKeyId apiKey { prefix } changes { path before after } } }
  }
}`

interface Key {
  readonly id: string
  readonly scopes: readonly string[]
}
interface Project {
  readonly __typename: string
  readonly id: string
  readonly name: string
}
interface Entry {
  readonly action: string
  readonly subject: string
  readonly apiKeyId: string | null
}

const clock = leapingClock()
const config = () => ({
  routes: { ...priority('chat', [MODELS.openai]), ...priority('dear', [MODELS.anthropic]) },
})

describeHouse('projects and keys', { clock, config }, (house) => {
  const operator = (project = newTag()) => house().client({ project, scopes: SCOPES })
  const viewer = (client: Client) => client.post<{ viewer: unknown }>('{ viewer { project } }')
  const isRefused = async (client: Client) => (await viewer(client)).errors[0]?.extensions?.code === 'UNAUTHENTICATED'
  const audited = async (client: Client): Promise<readonly Entry[]> => {
    const { auditLog } = await ask<{ auditLog: { edges: { node: Entry }[] } }>(client, AUDIT)
    return auditLog.edges.map(({ node }) => node)
  }

  async function newProject(by: Client, name = newTag()): Promise<Project> {
    return (await ask<{ createProject: Project }>(by, CREATE_PROJECT, { input: { name } })).createProject
  }

  async function newKey(by: Client, input: object): Promise<{ readonly client: Client; readonly key: Key }> {
    const { createApiKey } = await ask<{ createApiKey: { secret: string; key: Key } }>(by, CREATE_KEY, { input })
    expect(createApiKey).toMatchObject({ __typename: 'CreatedApiKey' })
    return { client: clientOf(house().url, createApiKey.secret), key: createApiKey.key }
  }

  it('are made by an operator, who gives a key, renames, archives and restores', async () => {
    const by = await operator()
    const name = newTag()
    const project = await newProject(by, name)
    expect(project).toMatchObject({ __typename: 'Project', name, store: 'NONE', archivedAt: null })
    const taken = await ask<{ createProject: unknown }>(by, CREATE_PROJECT, { input: { name } })
    expect(taken.createProject).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['name'] }] })
    const odd = await ask<{ createProject: unknown }>(by, CREATE_PROJECT, { input: { name: ' x' } })
    expect(odd.createProject).toMatchObject({ issues: [{ path: ['name'] }] })

    const { client, key } = await newKey(by, { project: project.id, name: 'web', scopes: ['COMPLETE', 'READ'] })
    const answer = await client.answer({ model: 'chat', prompt: 'Hi' })
    const renamed = await ask(by, UPDATE_PROJECT, { id: project.id, input: { name: `${name}-2`, store: 'METADATA' } })
    expect(renamed).toMatchObject({ updateProject: { name: `${name}-2`, store: 'METADATA' } })
    clock.leap(1_000)
    expect((await viewer(client)).data).toEqual({ viewer: { project: `${name}-2` } })

    await ask(by, ARCHIVE, { id: project.id })
    clock.leap(1_000)
    expect(await isRefused(client)).toBe(true)
    const refusal = await client.refusal({ model: 'chat', prompt: 'Hi' })
    expect(refusal.__typename).toBe('NotAuthorizedError')
    const { projects } = await ask<{ projects: { edges: { node: Project }[] } }>(by, PROJECTS)
    expect(projects.edges.find(({ node }) => node.id === project.id)?.node).toMatchObject({
      calls: { edges: [{ node: { id: answer.callId } }] },
    })
    await ask(by, RESTORE, { id: project.id })
    clock.leap(1_000)
    expect(await isRefused(client)).toBe(false)

    const entries = (await audited(by)).filter(
      ({ subject }) => subject.endsWith(project.id) || subject.endsWith(key.id),
    )
    expect(entries.map(({ action }) => action).reverse()).toEqual([
      'CREATE_PROJECT',
      'CREATE_API_KEY',
      'UPDATE_PROJECT',
      'ARCHIVE_PROJECT',
      'RESTORE_PROJECT',
    ])
    expect(entries[2]).toMatchObject({
      changes: [
        { path: 'name', before: name, after: `${name}-2` },
        { path: 'store', before: 'NONE', after: 'METADATA' },
      ],
    })
    expect(JSON.stringify(entries)).not.toContain(client.secret.slice(11))
  })

  it('can not lock their operator out', async () => {
    const by = await operator()
    const { project } = await ask<{ project: Project }>(by, OWN)
    const refused = await ask<{ archiveProject: unknown }>(by, ARCHIVE, { id: project.id })
    expect(refused.archiveProject).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: ['id'] }] })
    expect(await isRefused(by)).toBe(false)
  })

  it('are changed by an admin only where they are its own', async () => {
    const admin = await house().client({ scopes: ['admin'] })
    const foreign = await newProject(await operator())
    const { project } = await ask<{ project: Project }>(admin, OWN)
    const { projects } = await ask<{ projects: { edges: { node: Project }[] } }>(
      admin,
      '{ projects { edges { node { id } } } }',
    )
    expect(projects.edges.map(({ node }) => node.id)).toEqual([project.id])
    const name = newTag()
    expect(await ask(admin, UPDATE_PROJECT, { id: project.id, input: { name } })).toMatchObject({
      updateProject: { name },
    })
    expect(await ask(admin, UPDATE_PROJECT, { id: foreign.id, input: { name: newTag() } })).toEqual({
      updateProject: { __typename: 'NotFoundError', message: `There is no project ${foreign.id}.` },
    })
    expect(await codeOf(admin, CREATE_PROJECT, { input: { name: newTag() } })).toBe('FORBIDDEN')
    expect(await codeOf(admin, ARCHIVE, { id: project.id })).toBe('FORBIDDEN')
    expect(await codeOf(admin, RESTORE, { id: project.id })).toBe('FORBIDDEN')
    const reader = await house().client({ scopes: ['complete', 'read'] })
    for (const query of [PROJECTS, OWN, KEYS, AUDIT]) expect(await codeOf(reader, query)).toBe('FORBIDDEN')
  })

  it('give no more than their maker has', async () => {
    const admin = await house().client({ scopes: ['complete', 'admin'] })
    const refused = async (by: Client, input: object) => {
      const { createApiKey } = await ask<{ createApiKey: { issues: { path: string[] }[] } }>(by, CREATE_KEY, { input })
      return createApiKey.issues.map(({ path }) => path.join('.'))
    }
    expect(await refused(admin, { scopes: ['READ'] })).toEqual(['scopes'])
    expect(await refused(admin, { scopes: ['OPERATOR', 'COMPLETE'] })).toEqual(['scopes'])
    const input = {
      name: '-',
      scopes: [],
      expiresAt: '2020-01-01T00:00:00Z',
      allowedModels: [MODELS.openai, 'chat', 'nobody/x'],
      allowedRoutes: ['chat', 'nowhere'],
      allowedOrigins: ['https://app.example.test', 'https://app.example.test/', '*'],
    }
    expect(await refused(admin, input)).toEqual([
      'name',
      'scopes',
      'expiresAt',
      'allowedModels.1',
      'allowedModels.2',
      'allowedRoutes.1',
      'allowedOrigins.1',
      'allowedOrigins.2',
    ])
    const { client: bound, key } = await newKey(admin, { scopes: ['ADMIN', 'COMPLETE'], allowedRoutes: ['chat'] })
    expect(key).toMatchObject({ allowedRoutes: ['chat'], allowedModels: [] })
    expect(await refused(bound, { scopes: ['COMPLETE'] })).toEqual(['allowedModels', 'allowedRoutes'])
    expect(await refused(bound, { scopes: ['COMPLETE'], allowedRoutes: ['chat', 'dear'] })).toEqual(['allowedRoutes'])
    await newKey(bound, { scopes: ['COMPLETE'], allowedRoutes: ['chat'] })
    const wider = { allowedRoutes: null, allowedModels: null }
    const own = await ask<{ updateApiKey: unknown }>(bound, UPDATE_KEY, { id: key.id, input: wider })
    expect(own.updateApiKey).toMatchObject({ issues: [{ path: ['allowedModels'] }, { path: ['allowedRoutes'] }] })
  })

  it('of an operator are out of reach for an admin of the same project', async () => {
    const project = newTag()
    const by = await operator(project)
    const { apiKeys } = await ask<{ apiKeys: { edges: { node: Key }[] } }>(
      await house().client({ project, scopes: ['admin'] }),
      KEYS,
    )
    const id = apiKeys.edges.find(({ node }) => node.scopes.includes('OPERATOR'))?.node.id
    const admin = await house().client({ project, scopes: ['complete', 'read', 'admin'] })
    for (const query of [ROTATE, REVOKE]) expect(JSON.stringify(await ask(admin, query, { id }))).toContain('operator')
    expect(JSON.stringify(await ask(admin, UPDATE_KEY, { id, input: { name: 'x' } }))).toContain('operator')
    expect(await isRefused(by)).toBe(false)
    // Nor does a key get more by rotating one that may more than itself.
    const { key } = await newKey(by, { scopes: ['READ'] })
    const onlyAdmin = await house().client({ project, scopes: ['admin'] })
    expect(await ask(onlyAdmin, ROTATE, { id: key.id })).toMatchObject({
      rotateApiKey: { issues: [{ path: ['scopes'] }] },
    })
  })

  it('are rotated: the new secret works at once, the old one until the overlap is over', async () => {
    const by = await operator()
    const { client: old, key } = await newKey(by, { scopes: ['COMPLETE'], name: 'web', allowedRoutes: ['chat'] })
    const { rotateApiKey } = await ask<{ rotateApiKey: { secret: string; key: Key; replaced: Key } }>(by, ROTATE, {
      id: key.id,
      overlapSeconds: 3_600,
    })
    const { secret, key: young, replaced } = rotateApiKey
    expect(young).toMatchObject({ name: 'web', scopes: ['COMPLETE'], allowedRoutes: ['chat'], expiresAt: null })
    expect(replaced).toMatchObject({ id: key.id, replacedBy: young.id, expiresAt: expect.any(String) })
    const fresh = clientOf(house().url, secret)
    expect(await Promise.all([isRefused(old), isRefused(fresh)])).toEqual([false, false])
    expect(await ask(by, ROTATE, { id: key.id })).toMatchObject({ rotateApiKey: { issues: [{ path: ['id'] }] } })
    clock.leap(3_600_000)
    expect(await Promise.all([isRefused(old), isRefused(fresh)])).toEqual([true, false])
    const { apiKeys } = await ask<{ apiKeys: { edges: { node: Key }[] } }>(by, KEYS)
    const ids = apiKeys.edges.map(({ node }) => node.id)
    expect(ids).toEqual(expect.arrayContaining([key.id, young.id]))

    await ask(by, REVOKE, { id: young.id })
    clock.leap(1_000)
    expect(await isRefused(fresh)).toBe(true)
    expect(await ask(by, ROTATE, { id: young.id })).toMatchObject({ rotateApiKey: { issues: [{ path: ['id'] }] } })
    const actions = (await audited(by)).filter(({ subject }) => subject === `api-key/${young.id}`)
    expect(actions.map(({ action }) => action)).toEqual(['REVOKE_API_KEY', 'CREATE_API_KEY'])
  })

  it('for a route are for that route, its models and nothing else, within a second', async () => {
    const by = await operator()
    const scopes = ['COMPLETE']
    const { client, key } = await newKey(by, { scopes, allowedRoutes: ['chat'] })
    expect((await client.answer({ model: 'chat', prompt: 'Hi' })).provider).toBe('openai')
    const own = { model: 'chat', prompt: 'Hi', routing: { fallbacks: [MODELS.openai] } }
    expect((await client.answer(own)).provider).toBe('openai')
    const message = async (input: Parameters<Client['refusal']>[0]) => {
      const refusal = await client.refusal(input)
      expect(refusal.__typename).toBe('NotAuthorizedError')
      return refusal.message
    }
    expect(await message({ model: 'dear', prompt: 'Hi' })).toContain('the route "dear"')
    expect(await message({ model: MODELS.openai, prompt: 'Hi' })).toContain(`the model "${MODELS.openai}"`)
    const fallback = {
      model: 'chat',
      prompt: 'Hi',
      routing: { fallbacks: [MODELS.anthropic] },
      idempotencyKey: newTag(),
    }
    expect(await message(fallback)).toContain(`the model "${MODELS.anthropic}"`)
    const explained = await client.post('query ($input: CompletionInput!) { explainRoute(input: $input) { route } }', {
      input: { model: 'dear', prompt: 'Hi' },
    })
    expect(explained.errors[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } })
    const embedded = await client.post<{ embed: unknown }>(
      'mutation ($input: EmbedInput!) { embed(input: $input) { __typename } }',
      { input: { model: 'openai/text-embedding-3-small', texts: ['a'] } },
    )
    expect(embedded.data?.embed).toEqual({ __typename: 'NotAuthorizedError' })

    await ask(by, UPDATE_KEY, { id: key.id, input: { allowedModels: [MODELS.anthropic] } })
    clock.leap(1_000)
    // The key that was refused claimed nothing under its idempotency key.
    expect((await client.answer(fallback)).provider).toBe('openai')
    expect((await client.answer({ model: MODELS.anthropic, prompt: 'Hi' })).provider).toBe('anthropic')
    await ask(by, UPDATE_KEY, { id: key.id, input: { allowedModels: null, allowedRoutes: null } })
    clock.leap(1_000)
    expect((await client.answer({ model: 'dear', prompt: 'Hi' })).provider).toBe('anthropic')
  })

  it('end what looks on with them, and leave calls under way to their end', async () => {
    const by = await operator()
    const { client, key } = await newKey(by, { scopes: ['READ', 'COMPLETE'] })
    const open = (query: string) => openStream(house().url, client.secret, { query })
    const slow = `completionStream(input: { model: "${MODELS.openai}+slow=10+words=150", prompt: "Hi" })`
    const watching = await Promise.all([
      open('subscription { providerHealth { name } }'),
      open('subscription { ...Health } fragment Health on Subscription { ... { providerHealth { name } } }'),
      // A call that is left out is no call.
      open(`subscription { ${slow} @skip(if: true) { __typename } providerHealth { name } }`),
    ])
    const calling = await Promise.all([
      client.stream({ model: `${MODELS.openai}+slow=10+words=150`, prompt: 'Hi' }),
      open(`subscription { ...Call } fragment Call on Subscription { ${slow} { __typename } }`),
    ])
    for (const stream of calling) await stream.until('AttemptStarted')
    await ask(by, REVOKE, { id: key.id })
    clock.leap(1_000)
    for (const stream of watching) expect((await stream.all()).length).toBeGreaterThan(0)
    for (const stream of calling) expect((await stream.all()).at(-1)?.__typename).toBe('CompletionFinished')
  })

  it('end what looks on where they lose a scope, and not for another change', async () => {
    const by = await operator()
    const { client, key } = await newKey(by, { scopes: ['READ', 'COMPLETE'] })
    const query = 'subscription { usageTicks(everyMs: 250) { calls } }'
    const ticks = await openStream(house().url, client.secret, { query })
    const ended = ticks.all()
    const next = async () => {
      const { length } = ticks.seen
      await eventually(async () => (ticks.seen.length > length + 1 ? true : null))
    }
    await next()
    await ask(by, UPDATE_KEY, { id: key.id, input: { name: 'renamed' } })
    for (const _ of [1, 2]) {
      clock.leap(1_000)
      await next()
    }
    await ask(by, UPDATE_KEY, { id: key.id, input: { scopes: ['COMPLETE'] } })
    clock.leap(1_000)
    expect((await ended).length).toBeGreaterThan(2)
  })

  it('with origins are sent by pages of these origins only', async () => {
    const by = await operator()
    const origin = `https://${newTag()}.example.test`
    const send = (secret: string, from: string | null, method = 'POST') =>
      fetch(house().url, {
        method,
        headers: {
          ...(method === 'POST' && { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }),
          ...(from && { origin: from }),
          ...(method === 'OPTIONS' && { 'access-control-request-method': 'POST' }),
        },
        ...(method === 'POST' && { body: JSON.stringify({ query: '{ viewer { project } }' }) }),
      })
    const allowed = (response: Response) => response.headers.get('access-control-allow-origin')
    expect(allowed(await send('', origin, 'OPTIONS'))).toBeNull()
    // Not a pattern: it would match no page.
    expect(
      await ask(by, CREATE_KEY, { input: { scopes: ['COMPLETE'], allowedOrigins: ['https://*.example.test'] } }),
    ).toMatchObject({ createApiKey: { issues: [{ path: ['allowedOrigins', '0'] }] } })
    const { client, key } = await newKey(by, { scopes: ['COMPLETE'], allowedOrigins: [origin] })
    const { client: other } = await newKey(by, { scopes: ['COMPLETE'], allowedOrigins: ['https://other.example.test'] })
    clock.leap(1_000)
    expect(allowed(await send('', origin, 'OPTIONS'))).toBe(origin)
    expect(allowed(await send('', 'https://evil.example.test', 'OPTIONS'))).toBeNull()
    const fits = await send(client.secret, origin)
    expect([fits.status, allowed(fits)]).toEqual([200, origin])
    const foreign = await send(other.secret, origin)
    expect(foreign.status).toBe(403)
    expect(await foreign.json()).toMatchObject({ errors: [{ extensions: { code: 'ORIGIN_NOT_ALLOWED' } }] })
    expect((await send(client.secret, 'null')).status).toBe(403)
    expect((await send(client.secret, null)).status).toBe(200)
    await ask(by, REVOKE, { id: key.id })
    clock.leap(1_000)
    expect(allowed(await send('', origin, 'OPTIONS'))).toBeNull()
  })

  it('are written down for their own project and for operators, not for others', async () => {
    const by = await operator()
    const scopes: readonly Scope[] = ['complete', 'admin']
    const [own, other] = [await house().client({ scopes }), await house().client({ scopes })]
    const { key } = await newKey(own, { scopes: ['COMPLETE'] })
    const subject = `api-key/${key.id}`
    const has = async (client: Client) => (await audited(client)).some((entry) => entry.subject === subject)
    expect(await Promise.all([has(own), has(by), has(other)])).toEqual([true, true, false])
    const config = { strategy: 'priority', models: [MODELS.openai] }
    await ask(own, 'mutation ($input: PublishRouteInput!) { publishRoute(input: $input) { __typename } }', {
      input: { name: 'written-down', config },
    })
    const entryFor = async (client: Client) =>
      (await audited(client)).find((entry) => entry.subject === 'route/written-down')
    expect(await entryFor(own)).toMatchObject({
      apiKeyId: expect.any(String),
      apiKey: { prefix: own.secret.slice(0, 11) },
    })
    expect(await entryFor(by)).toMatchObject({ apiKey: { prefix: own.secret.slice(0, 11) } })
    expect(await entryFor(other)).toMatchObject({ apiKeyId: null, apiKey: null })
    const publisher = (await entryFor(own))?.apiKeyId
    const publishedBy = async (client: Client) =>
      (await ask(client, '{ routeVersions(name: "written-down") { publishedBy } }')) as object
    expect(await Promise.all([own, by, other].map(publishedBy))).toEqual(
      [publisher, publisher, null].map((id) => ({ routeVersions: [{ publishedBy: id }] })),
    )
  })

  it('are written down for operators alone where it is about the bill of all', async () => {
    const [by, admin] = [await operator(), await house().client({ scopes: ['admin'] })]
    const provider = newTag()
    const rows = readReport('csv', 'day,cost_usd\n2026-11-01,12.5')
    await importReport(house().database, systemClock, { provider, format: 'csv', rows })
    const has = async (client: Client) =>
      (await audited(client)).some(({ subject }) => subject === `provider/${provider}`)
    expect([await has(by), await has(admin)]).toEqual([true, false])
  })
})
