import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { auditLog } from '../../src/access/audit-log.ts'
import { issuePath } from '../../src/config/published/issue-path.ts'
import { routeAdmin } from '../../src/config/published/route-admin.ts'
import { openRouteBook } from '../../src/config/published/route-book.ts'
import { mergeRules, STANDARD_RULES } from '../../src/config/resolve-routes.ts'
import { newCallId } from '../../src/core/call-id.ts'
import { systemClock } from '../../src/core/clock.ts'
import { jsonDiff } from '../../src/core/json-diff.ts'
import type { RouteSettings } from '../../src/core/settings.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { describeDatabases } from '../support/database.ts'

const DEFAULTS = mergeRules(STANDARD_RULES, {})
const provider = (name: string) => ({
  name,
  driver: 'openai' as const,
  api: 'chat' as const,
  baseUrl: null,
  keys: [],
  pricedAs: null,
  simulated: true,
  probeEveryMs: null,
})

function priority(name: string, ...models: string[]): RouteSettings {
  return { ...DEFAULTS, name, policy: { strategy: 'priority', models } }
}

const base = {
  routes: [priority('chat', 'a/one', 'b/two'), priority('outer', 'chat', 'b/two')],
  providers: [provider('a'), provider('b')],
  defaults: DEFAULTS,
}

let names = 0
function newName(): string {
  names += 1
  return `route-${names}`
}

describeDatabases('routes at run time', (suite) => {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function open(database: Database = suite.database(), settings: typeof base = base) {
    const warnings: unknown[] = []
    const logger = { debug() {}, info() {}, error() {}, warn: (fields: unknown) => void warnings.push(fields) }
    const book = await openRouteBook({ base: settings, database, clock: systemClock, logger })
    closing.push(() => book.close())
    return { book, warnings, admin: routeAdmin({ base: settings, database, book, clock: systemClock }) }
  }

  async function replica() {
    const database = await openDatabase(suite.settings())
    closing.push(() => database.close())
    return open(database)
  }

  const keyId = newCallId(systemClock)
  const toPublish = (name: string, config: unknown) => ({ name, config, comment: null, basedOn: null })
  const modelsIn = (routes: readonly RouteSettings[], name: string) => {
    const policy = routes.find((route) => route.name === name)?.policy
    return policy?.strategy === 'priority' ? policy.models : null
  }

  it('are versioned, go before the file, and go back to it', async () => {
    const { admin, book } = await open()
    const config = { strategy: 'priority', models: ['b/two'], maxCostUsd: '0.05' }
    const published = await admin.publish({ ...toPublish('chat', config), comment: 'a is slow' }, keyId)
    expect(published).toMatchObject({ type: 'inForce', version: { name: 'chat', version: 1, config, inForce: true } })
    expect(book.current().routes.find(({ name }) => name === 'chat')?.maxCost).toBe(50_000_000_000n)
    expect(modelsIn(book.current().routes, 'chat')).toEqual(['b/two'])
    expect(book.current().versionsOf('outer')).toEqual([
      { route: 'outer', version: 0 },
      { route: 'chat', version: 1 },
    ])
    await admin.publish(toPublish('chat', { strategy: 'priority', models: ['a/one'] }), keyId)
    const rolled = await admin.rollBack({ name: 'chat', version: 1, comment: null }, keyId)
    expect(rolled).toMatchObject({ type: 'inForce', version: { version: 1, comment: 'a is slow' } })
    expect(modelsIn(book.current().routes, 'chat')).toEqual(['b/two'])
    expect((await admin.versions('chat', 10, null)).map(({ version, inForce }) => [version, inForce])).toEqual([
      [2, false],
      [1, true],
      [0, false],
    ])
    expect((await admin.versions('chat', 1, 2)).map(({ version }) => version)).toEqual([1])
    await admin.rollBack({ name: 'chat', version: 0, comment: null }, keyId)
    expect(modelsIn(book.current().routes, 'chat')).toEqual(['a/one', 'b/two'])
    expect(book.current().versionsOf('chat')).toEqual([{ route: 'chat', version: 0 }])
    expect(await admin.rollBack({ name: 'chat', version: 9, comment: null }, keyId)).toMatchObject({ type: 'unknown' })
    expect(await admin.versions('nothing', 10, null)).toEqual([])
  })

  it('are held to the rules of the configuration file, with the path of each problem', async () => {
    const { admin } = await open()
    const issuesOf = async (name: string, config: unknown) => {
      const change = await admin.publish(toPublish(name, config), keyId)
      return change.type === 'invalid' ? change.issues.map(({ path, message }) => `${path.join(' ')} | ${message}`) : []
    }
    expect(await issuesOf('x', { strategy: 'priority', models: ['c/one', 'a/one', 'a/one', 'chatt'] })).toEqual([
      expect.stringMatching(/^config models 0 \| no provider is called "c"/),
      expect.stringMatching(/^config models 2 \| "a\/one" stands here twice/),
      expect.stringMatching(/^config models 3 \| no route is called "chatt": did you mean "chat"/),
    ])
    expect(await issuesOf('x', { strategy: 'priority', models: ['a/one'], timeouts: { firstTokenMs: 0 } })).toEqual([
      expect.stringMatching(/^config timeouts firstTokenMs \|/),
    ])
    const weighted = { strategy: 'weighted', models: ['a/one'], weights: { 'a/gpt-4.1': 2 } }
    expect(await issuesOf('x', weighted)).toEqual([expect.stringMatching(/^config weights a\/gpt-4\.1 \|/)])
    expect(await issuesOf('a/b', { strategy: 'priority', models: ['a/one'] })).toEqual([
      expect.stringMatching(/^name \|/),
    ])
    expect(await issuesOf('x', 'nonsense')).toEqual([expect.stringMatching(/^config \|/)])
    expect(await issuesOf('x', { strategy: 'priority', models: ['a/one'], note: 'y'.repeat(100_001) })).toHaveLength(1)
    expect(await issuesOf('chat', { strategy: 'priority', models: ['outer'] })).toEqual([
      expect.stringMatching(/leads back to itself: (chat → outer → chat|outer → chat → outer)/),
    ])
    expect(await admin.versions('x', 10, null)).toEqual([])
  })

  it('are not published over what their author has not seen, and not taken from under those that name them', async () => {
    const { admin } = await open()
    const name = newName()
    const config = { strategy: 'priority', models: ['a/one'] }
    await admin.publish({ ...toPublish(name, config), basedOn: 0 }, keyId)
    expect(await admin.publish({ ...toPublish(name, config), basedOn: 0 }, keyId)).toMatchObject({
      type: 'invalid',
      issues: [{ path: ['basedOn'] }],
    })
    const namer = newName()
    await admin.publish(toPublish(namer, { strategy: 'priority', models: [name] }), keyId)
    const refused = await admin.rollBack({ name, version: 0, comment: null }, keyId)
    expect(refused).toMatchObject({ type: 'invalid', issues: [{ path: ['version'] }] })
    await admin.rollBack({ name: namer, version: 0, comment: null }, keyId)
    expect(await admin.rollBack({ name, version: 0, comment: null }, keyId)).toMatchObject({ type: 'inForce' })
  })

  it('get one version each where many are published at once', async () => {
    const [one, two] = [await open(), await replica()]
    const name = newName()
    const publish = ({ admin }: typeof one) =>
      admin.publish(toPublish(name, { strategy: 'priority', models: ['a/one'] }), keyId)
    const changes = await Promise.all([one, two, one, two, one, two].map(publish))
    const versions = changes.map((change) => (change.type === 'inForce' ? change.version.version : null))
    expect(versions.sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect((await one.admin.versions(name, 10, null)).map(({ inForce }) => inForce)).toEqual([
      true,
      ...Array.from({ length: 5 }, () => false),
    ])
  })

  it('are in force on another replica within a second, and after a restart', async () => {
    const [here, there] = [await open(), await replica()]
    const name = newName()
    for (const model of ['a/one', 'b/two', 'a/three']) {
      await here.admin.publish(toPublish(name, { strategy: 'priority', models: [model] }), keyId)
      expect(modelsIn(here.book.current().routes, name)).toEqual([model])
      const since = performance.now()
      while (modelsIn(there.book.current().routes, name)?.[0] !== model) {
        expect(performance.now() - since, 'milliseconds until the other replica knew').toBeLessThan(1_000)
        await delay(5)
      }
    }
    const { book } = await replica()
    expect(modelsIn(book.current().routes, name)).toEqual(['a/three'])
    expect([...here.warnings, ...there.warnings]).toEqual([])
  })

  it('that the file no longer fits are kept as far as they go, with a warning', async () => {
    const { admin } = await open()
    const name = newName()
    await admin.publish(toPublish(name, { strategy: 'priority', models: ['b/two', 'a/one'] }), keyId)
    const { book, warnings } = await open(suite.database(), { ...base, providers: [provider('a')] })
    expect(modelsIn(book.current().routes, name)).toEqual(['b/two', 'a/one'])
    expect(JSON.stringify(warnings)).toContain(name)
    await admin.rollBack({ name, version: 0, comment: null }, keyId)
  })

  it('are written down for ever: who, when, and what became different', async () => {
    const database = suite.database()
    const { admin } = await open()
    const { key } = await createKey(database, { project: 'ops', name: 'deploy', scopes: ['admin'] })
    const name = newName()
    const subject = `route/${name}`
    await admin.publish(toPublish(name, { strategy: 'priority', models: ['a/one'] }), key.id)
    const config = { strategy: 'priority', models: ['b/two'], maxCostUsd: '0.5' }
    await admin.publish({ ...toPublish(name, config), comment: 'cheaper' }, key.id)
    await admin.rollBack({ name, version: 0, comment: 'gone' }, key.id)

    const log = auditLog(database)
    // Whoever operates the installation sees which key it was.
    const query = { projectId: null, subject, first: 2, after: null }
    const { entries, hasNextPage } = await log.page(query)
    expect(hasNextPage).toBe(true)
    expect(entries).toMatchObject([
      { action: 'ROLLBACK_ROUTE', comment: 'gone' },
      { action: 'PUBLISH_ROUTE', comment: 'cheaper', apiKeyId: key.id, apiKey: { name: 'deploy', prefix: key.prefix } },
    ])
    expect(entries[1]?.changes).toEqual([
      { path: 'version', before: 1, after: 2 },
      { path: 'maxCost', before: null, after: '0.5' },
      { path: 'policy.models.0', before: 'a/one', after: 'b/two' },
    ])
    expect(Math.abs((entries[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000)
    const rest = await log.page({ ...query, after: entries[1]?.id ?? null })
    expect(rest).toMatchObject({ hasNextPage: false, entries: [{ action: 'PUBLISH_ROUTE', comment: null }] })

    for (const statement of ['update audit set comment = null', 'delete from audit', 'truncate audit']) {
      await expect(database.sql.unsafe(statement)).rejects.toThrow('only ever added')
    }
    await expect(database.sql`delete from route_version`).rejects.toThrow('only ever added')
  })
})

describe('the record of a change', () => {
  it('tells leaf by leaf what became different', () => {
    expect(jsonDiff({ a: [1, 2], b: { c: true } }, { a: [1], b: { c: true }, d: [] })).toEqual([
      { path: 'a.1', before: 2, after: null },
      { path: 'd', before: null, after: [] },
    ])
    expect(jsonDiff(null, null)).toEqual([])
  })

  it('finds keys with dots in them again', () => {
    const value = { weights: { 'a/gpt-4.1': 1, 'a/gpt-4': { '1': 2 } } }
    expect(issuePath(value, 'weights.a/gpt-4.1')).toEqual(['weights', 'a/gpt-4.1'])
    expect(issuePath(value, 'weights.a/x.y')).toEqual(['weights', 'a/x', 'y'])
    expect(issuePath({ models: ['x'] }, 'models.0')).toEqual(['models', '0'])
  })
})
