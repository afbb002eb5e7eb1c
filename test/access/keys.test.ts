import { expect, it } from 'vitest'
import { createKey, ensureFirstKey, importKey, listKeys, revokeKey } from '../../src/access/api-keys.ts'
import { auditLog } from '../../src/access/audit-log.ts'
import { keyDirectory as directoryWith } from '../../src/access/key-directory.ts'
import { createProject, findProject } from '../../src/access/project.ts'
import { tokenSecret } from '../../src/access/token-secret.ts'
import { newCallId } from '../../src/core/call-id.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import type { Database } from '../../src/database/database.ts'
import { describeDatabases } from '../support/database.ts'

/** Of a server that takes no browser tokens. */
const keyDirectory = (database: Database, clock: Clock) => directoryWith(database, clock, tokenSecret(null, null))

const newName = () => newCallId(systemClock)

/** A clock whose time a test sets on. */
function movable(): Clock & { advance(ms: number): void } {
  let ahead = 0
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    monotonic: () => systemClock.monotonic() + ahead,
    advance(ms) {
      ahead += ms
    },
  }
}

describeDatabases('API keys', (suite) => {
  it('are made once by the very first start, however many replicas start at once', async () => {
    const database = suite.database()
    const made = await Promise.all([1, 2, 3, 4].map(() => ensureFirstKey(database)))
    const [first, ...more] = made.filter((key) => key !== null)
    expect(more).toEqual([])
    expect(first?.secret).toMatch(/^sy_[\w-]{43}$/)
    expect(await ensureFirstKey(database)).toBeNull()
    // What may do everything is written down like any other.
    const [key] = await listKeys(database, 'default')
    const { entries } = await auditLog(database).page({
      ...{ projectId: null, subject: `api-key/${key?.id}`, first: 10, after: null },
    })
    expect(entries).toMatchObject([{ action: 'CREATE_API_KEY', apiKeyId: null }])
    expect(await keyDirectory(database, systemClock).authenticate(`Bearer ${first?.secret}`)).toMatchObject({
      projectName: 'default',
      scopes: ['complete', 'read', 'admin', 'operator'],
    })
  })

  it('say who their holder is, and leave only a hash behind', async () => {
    const database = suite.database()
    const project = newName()
    const { secret, key } = await createKey(database, { project, name: 'web', scopes: ['complete', 'read'] })
    expect(key).toMatchObject({ project, name: 'web', scopes: ['complete', 'read'], expiresAt: null, revokedAt: null })
    expect(secret.startsWith(key.prefix)).toBe(true)
    expect(key.prefix).toHaveLength(11)
    const caller = {
      projectId: (await findProject(database, project))?.id,
      projectName: project,
      apiKeyId: key.id,
      scopes: ['complete', 'read'],
      allowedModels: null,
      allowedRoutes: null,
      allowedOrigins: null,
      store: 'NONE',
      browserToken: null,
    }
    const keys = keyDirectory(database, systemClock)
    for (const header of [`Bearer ${secret}`, `bearer  ${secret} `, `BEARER ${secret}`]) {
      expect(await keys.authenticate(header)).toEqual(caller)
    }
    const [row] = await database.sql`select api_key::text as text from api_key where id = ${key.id}::uuid`
    expect(JSON.stringify(row)).not.toContain(secret.slice(11))
  })

  it.each([
    null,
    '',
    'Bearer',
    'Bearer ',
    'Basic abc',
    'Bearer sy_unknown',
    'Bearer a b',
    'Bearer \u00e9',
    `Bearer ' or true --`,
  ])('are not found in %j', async (header) => {
    expect(await keyDirectory(suite.database(), systemClock).authenticate(header)).toBeNull()
  })

  it('work until they expire', async () => {
    const clock = movable()
    const keys = keyDirectory(suite.database(), clock)
    const expiresAt = clock.now() + 5000
    const { secret, key } = await createKey(suite.database(), { project: newName(), scopes: ['read'], expiresAt })
    expect(key.expiresAt).toBe(expiresAt)
    expect(await keys.authenticate(`Bearer ${secret}`)).not.toBeNull()
    clock.advance(5000)
    expect(await keys.authenticate(`Bearer ${secret}`)).toBeNull()
  })

  it('are revoked by prefix or id, in force within a second', async () => {
    const database = suite.database()
    const clock = movable()
    const keys = keyDirectory(database, clock)
    for (const by of ['prefix', 'id'] as const) {
      const { secret, key } = await createKey(database, { project: newName(), scopes: ['read'] })
      expect(await keys.authenticate(`Bearer ${secret}`)).not.toBeNull()
      const revocation = await revokeKey(database, key[by])
      expect(revocation).toMatchObject({ type: 'done', value: { id: key.id } })
      clock.advance(1000)
      expect(await keys.authenticate(`Bearer ${secret}`)).toBeNull()
      expect(await revokeKey(database, key[by])).toEqual(revocation)
    }
    expect(await revokeKey(database, 'sy_nothing')).toEqual({ type: 'unknown' })
    expect(await revokeKey(database, newName())).toEqual({ type: 'unknown' })
  })

  it('may be brought along, once; a revoked one is not brought back', async () => {
    const database = suite.database()
    const secret = `chosen-${newName()}`
    const [key, again] = await Promise.all([importKey(database, secret), importKey(database, secret)])
    expect(again).toEqual(key)
    expect(key).toMatchObject({ project: 'default', scopes: ['complete', 'read', 'admin', 'operator'] })
    expect(secret.length / key.prefix.length).toBeGreaterThanOrEqual(4)
    expect(await keyDirectory(database, systemClock).authenticate(`Bearer ${secret}`)).toMatchObject({
      apiKeyId: key.id,
    })
    expect((await revokeKey(database, key.id)).type).toBe('done')
    expect((await importKey(database, secret)).revokedAt).not.toBeNull()
    expect(await keyDirectory(database, systemClock).authenticate(`Bearer ${secret}`)).toBeNull()
    await expect(importKey(database, 'short')).rejects.toThrow(RangeError)
    await expect(importKey(database, 'with a space')).rejects.toThrow(RangeError)
  })

  it('are not revoked where a prefix is that of several', async () => {
    const database = suite.database()
    const start = newName().slice(0, 8)
    const one = await importKey(database, `${start}${'a'.repeat(24)}`)
    const two = await importKey(database, `${start}${'b'.repeat(24)}`)
    expect(one.prefix).toBe(two.prefix)
    expect(await revokeKey(database, one.prefix)).toEqual({ type: 'ambiguous', keys: [one, two] })
  })

  it('are listed, all or those of a project, in the order in which they were made', async () => {
    const database = suite.database()
    const project = newName()
    const made = []
    for (const name of ['a', 'b']) made.push((await createKey(database, { project, name, scopes: ['read'] })).key)
    expect(await listKeys(database, project)).toEqual(made)
    expect((await listKeys(database)).length).toBeGreaterThan(2)
    expect(await listKeys(database, newName())).toEqual([])
  })

  it('are looked up together, in one query, and not again within a second', async () => {
    const database = suite.database()
    const made = await Promise.all(
      Array.from({ length: 20 }, () => createKey(database, { project: newName(), scopes: ['read'] })),
    )
    let queries = 0
    const sql = new Proxy(database.sql, {
      apply(target, self, args) {
        queries += 1
        return Reflect.apply(target, self, args)
      },
    })
    const keys = keyDirectory({ ...database, sql }, systemClock)
    for (let round = 0; round < 3; round += 1) {
      const callers = await Promise.all(made.map(({ secret }) => keys.authenticate(`Bearer ${secret}`)))
      expect(callers.map((caller) => caller?.apiKeyId)).toEqual(made.map(({ key }) => key.id))
    }
    expect(queries).toBe(1)
  })

  it('find a project by its name, and make it once', async () => {
    const name = newName()
    expect(await findProject(suite.database(), name)).toBeNull()
    const made = await Promise.all([1, 2, 3].map(() => createProject(suite.database(), name)))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    expect(await findProject(suite.database(), name)).toEqual(made[0])
  })
})
