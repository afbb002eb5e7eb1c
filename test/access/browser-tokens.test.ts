import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKey, revokeKey } from '../../src/access/api-keys.ts'
import { browserTokens } from '../../src/access/browser-tokens.ts'
import { keyDirectory } from '../../src/access/key-directory.ts'
import { projectAdmin } from '../../src/access/project-admin.ts'
import { signToken, type TokenClaims, verifyToken } from '../../src/access/token-claims.ts'
import { tokenSecret } from '../../src/access/token-secret.ts'
import { COMMAND_LINE } from '../../src/core/administrator.ts'
import type { BrowserTokenInput } from '../../src/core/browser-token.ts'
import { newCallId } from '../../src/core/call-id.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { describeDatabases } from '../support/database.ts'

const SECRET = 'not-a-real-secret-0123456789abcdef'
/** Long enough for any algorithm. */
const LONG_SECRET = SECRET.repeat(2)
const bytes = (text: string) => new TextEncoder().encode(text)
const NOW = Date.UTC(2026, 0, 1)

const CLAIMS: TokenClaims = {
  id: 'token-1',
  apiKeyId: 'key-1',
  endUser: 'ada',
  issuedAt: NOW,
  expiresAt: NOW + 60_000,
  allowedModels: ['openai/gpt-5-mini'],
  allowedRoutes: null,
  tags: [{ key: 'page', value: 'shop' }],
}

/** A token as Switchyard signs it, but for one thing. */
function forged(change: (token: SignJWT) => SignJWT = (token) => token, alg = 'HS256', secret = SECRET) {
  const token = new SignJWT({ key: 'key-1', models: null, routes: null, tags: [] })
    .setProtectedHeader({ alg, typ: 'JWT' })
    .setIssuer('switchyard')
    .setAudience('switchyard:browser')
    .setJti('token-1')
    .setSubject('ada')
    .setIssuedAt(NOW / 1000)
    .setExpirationTime(NOW / 1000 + 60)
  return change(token).sign(bytes(secret))
}

function withoutExpiry(): SignJWT {
  return new SignJWT({ key: 'key-1' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('switchyard')
    .setAudience('switchyard:browser')
    .setJti('token-1')
    .setSubject('ada')
    .setIssuedAt(NOW / 1000)
}

describe('what a browser token says', () => {
  it('is read back where it was signed with the same secret', async () => {
    expect(await verifyToken(bytes(SECRET), await signToken(bytes(SECRET), CLAIMS), NOW)).toEqual(CLAIMS)
    expect(await verifyToken(bytes(SECRET), await forged(), NOW)).toMatchObject({ endUser: 'ada', allowedModels: null })
  })

  it.each([
    ['another secret', () => forged(undefined, 'HS256', `${SECRET}x`)],
    ['another algorithm of the same secret', () => forged(undefined, 'HS512', LONG_SECRET), LONG_SECRET],
    ['another issuer', () => forged((token) => token.setIssuer('somebody'))],
    ['another audience', () => forged((token) => token.setAudience('somebody'))],
    [
      'no signature',
      async () =>
        new UnsecuredJWT({ key: 'key-1' })
          .setIssuer('switchyard')
          .setAudience('switchyard:browser')
          .setJti('token-1')
          .setSubject('ada')
          .setIssuedAt(NOW / 1000)
          .setExpirationTime(NOW / 1000 + 60)
          .encode(),
    ],
    ['no expiry', () => forged(withoutExpiry)],
    ['a payload that was changed', async () => (await forged()).replace(/\.[^.]+\./, `.${btoa('{"key":"key-2"}')}.`)],
    ['nonsense', async () => 'eyJ.e30.x'],
  ])('is nothing with %s', async (_title, make, secret = SECRET) => {
    expect(await verifyToken(bytes(secret), await make(), NOW)).toBeNull()
  })

  it('is nothing from the second of its expiry on', async () => {
    const token = await signToken(bytes(SECRET), CLAIMS)
    expect(await verifyToken(bytes(SECRET), token, NOW + 59_999)).not.toBeNull()
    expect(await verifyToken(bytes(SECRET), token, NOW + 60_000)).toBeNull()
  })
})

describe('the secret of browser tokens', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-secret-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is the one that was given', async () => {
    const secret = tokenSecret(SECRET, folder)
    expect(await secret.read()).toEqual(bytes(SECRET))
    expect(await secret.readOrMake()).toEqual(bytes(SECRET))
    expect(await readdir(folder)).toEqual([])
  })

  it('is made once beside an embedded database, for its owner only, when it is first needed', async () => {
    const directory = join(folder, 'data')
    const secrets = Array.from({ length: 8 }, () => tokenSecret(null, directory))
    expect(await secrets[0]?.read()).toBeNull()
    const made = await Promise.all(secrets.map((secret) => secret.readOrMake()))
    const text = (await readFile(join(directory, 'token-secret'), 'utf8')).trim()
    expect(text).toMatch(/^[\w-]{43}$/)
    for (const each of made) expect(each).toEqual(bytes(text))
    expect((await stat(join(directory, 'token-secret'))).mode & 0o777).toBe(0o600)
    expect(await readdir(directory)).toEqual(['token-secret'])
  })

  it('is none where the database is a server and nothing was given', async () => {
    expect(await tokenSecret(null, null).readOrMake()).toBeNull()
  })
})

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

const WISH: BrowserTokenInput = {
  endUser: 'ada',
  lifeMs: 900_000,
  allowedModels: null,
  allowedRoutes: null,
  quotas: [],
  tags: [],
}

describeDatabases('browser tokens', (suite) => {
  const newName = () => newCallId(systemClock)

  async function house(input: Partial<Parameters<typeof createKey>[1]> = {}) {
    const database = suite.database()
    const clock = movable()
    const secret = tokenSecret(SECRET, null)
    const keys = keyDirectory(database, clock, secret)
    const made = await createKey(database, { project: newName(), scopes: ['complete', 'read', 'admin'], ...input })
    const caller = await keys.authenticate(`Bearer ${made.secret}`)
    if (!caller) throw new Error('The key is not known')
    const mint = async (wish: Partial<BrowserTokenInput> = {}) => {
      const minting = await browserTokens(database, clock, secret).mint(caller, { ...WISH, ...wish })
      if (minting.type !== 'minted') throw new Error(JSON.stringify(minting))
      return minting.token
    }
    return { database, clock, keys, key: made.key, caller, mint, secret }
  }

  it('act as their key, for one end user, with nothing but complete', async () => {
    const { keys, caller, mint, clock } = await house({ allowedRoutes: ['chat', 'dear'] })
    const token = await mint({ allowedRoutes: ['chat'], tags: [{ key: 'page', value: 'shop' }] })
    expect(token).toMatchObject({ endUser: 'ada' })
    expect(token.expiresAt % 1000).toBe(0)
    expect(await keys.authenticate(`Bearer ${token.token}`)).toEqual({
      ...caller,
      scopes: ['complete'],
      allowedModels: [],
      allowedRoutes: ['chat'],
      browserToken: { id: token.id, endUser: 'ada', tags: [{ key: 'page', value: 'shop' }] },
    })
    clock.advance(token.expiresAt - clock.now())
    expect(await keys.authenticate(`Bearer ${token.token}`)).toBeNull()
  })

  it('end with their key and with its project, within a second', async () => {
    for (const end of ['revoked', 'expired', 'archived'] as const) {
      const { database, clock, keys, key, mint } = await house({ expiresAt: systemClock.now() + 600_000 })
      const { token } = await mint({ lifeMs: 86_400_000 })
      expect(await keys.authenticate(`Bearer ${token}`)).not.toBeNull()
      if (end === 'revoked') await revokeKey(database, key.id)
      if (end === 'archived') await projectAdmin(database, clock).archive(COMMAND_LINE, key.projectId)
      clock.advance(end === 'expired' ? 600_000 : 1_000)
      expect(await keys.authenticate(`Bearer ${token}`), end).toBeNull()
    }
  })

  it('are refused by a server with another secret', async () => {
    const { database, clock, mint } = await house()
    const { token } = await mint()
    for (const secret of [tokenSecret(`${SECRET}x`, null), tokenSecret(null, null)]) {
      expect(await keyDirectory(database, clock, secret).authenticate(`Bearer ${token}`)).toBeNull()
    }
  })

  it('give no more than their key has, and are told apart from what can not be signed', async () => {
    const { database, clock, caller } = await house({ allowedRoutes: ['chat'] })
    const tokens = browserTokens(database, clock, tokenSecret(SECRET, null))
    expect(await tokens.mint(caller, { ...WISH, allowedRoutes: ['dear'], allowedModels: ['a/b'] })).toMatchObject({
      type: 'invalid',
      issues: [{ path: ['allowedModels'] }, { path: ['allowedRoutes'] }],
    })
    const tags = Array.from({ length: 32 }, (_, index) => ({ key: `k${index}`, value: 'v'.repeat(256) }))
    expect(await tokens.mint(caller, { ...WISH, tags })).toMatchObject({ type: 'invalid' })
    const unsigned = browserTokens(database, clock, tokenSecret(null, null))
    expect(await unsigned.mint(caller, WISH)).toMatchObject({
      type: 'notConfigured',
      message: expect.stringContaining('SWITCHYARD_TOKEN_SECRET'),
    })
  })

  it('have quotas of their own, which outlive them by little', async () => {
    const { database, mint } = await house()
    const quotas = [
      { unit: 'USD', window: 'TOTAL', limit: 500_000_000_000n },
      { unit: 'REQUESTS', window: 'MINUTE', limit: 10n },
    ] as const
    const { id, expiresAt } = await mint({ quotas })
    const rows = await database.sql<{ unit: string; limit_amount: string; expires_ms: string; thresholds: unknown }[]>`
      select unit, limit_amount::text, extract(epoch from expires_at) * 1000 as expires_ms, thresholds::text as thresholds
      from quota where scope_type = 'browserToken' and scope_value = ${id} order by unit desc`
    expect(rows.map((row) => ({ ...row, expires_ms: Number(row.expires_ms) - expiresAt }))).toEqual([
      { unit: 'USD', limit_amount: '500000000000', expires_ms: 60_000, thresholds: '[]' },
      { unit: 'REQUESTS', limit_amount: '10', expires_ms: 60_000, thresholds: '[]' },
    ])
  })
})
