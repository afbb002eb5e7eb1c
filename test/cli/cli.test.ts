import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { UserError } from '../../src/cli/user-error.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { systemClock } from '../../src/core/clock.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'

let folder: string
/** The one that a server has open while commands run on it. */
let database: Database
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-cli-'))
  database = await openDatabase({ type: 'embedded', directory: join(folder, 'data') })
})
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

interface Outcome {
  readonly printed: string
  readonly failed: boolean
}

/** Runs one command in this process. */
async function run(line: string, variables: Record<string, string> = {}): Promise<Outcome> {
  const outcome = { printed: '', failed: false }
  const environment = { SWITCHYARD_DATA_DIR: join(folder, 'data'), ...variables }
  const program = createProgram({
    environment: () => readEnvironment(environment, folder),
    clock: systemClock,
    print: (text) => {
      outcome.printed += text
    },
    fail: () => {
      outcome.failed = true
    },
  })
  await program.parseAsync(line.split(' '), { from: 'user' })
  return outcome
}

const runJson = async (line: string) => JSON.parse((await run(`${line} --json`)).printed)

describe('switchyard project', () => {
  it('makes, lists, renames, archives and restores projects, and writes it down', async () => {
    expect((await run('project create tenant')).printed).toMatch(/^Made project tenant \([0-9a-f-]{36}\)\.$/m)
    await expect(run('project create tenant')).rejects.toThrow('There is a project "tenant" already')
    const renamed = await runJson('project rename tenant lodger')
    expect(renamed).toMatchObject({ name: 'lodger', store: 'NONE', archivedAt: null })
    expect((await run('project archive lodger')).printed).toContain('Archived project lodger')
    expect((await run('project list')).printed).toMatch(/lodger +NONE +\d{4}-\d\d-\d\d +archived \d{4}-\d\d-\d\d$/m)
    expect(await runJson('project restore lodger')).toMatchObject({ id: renamed.id, archivedAt: null })
    await expect(run('project archive nobody')).rejects.toThrow('There is no project "nobody".')
    const rows = await database.sql<{ action: string; api_key_id: string | null }[]>`
      select action, api_key_id from audit where subject = ${`project/${renamed.id}`} order by id`
    expect(rows.map(({ action }) => action)).toEqual([
      'CREATE_PROJECT',
      'UPDATE_PROJECT',
      'ARCHIVE_PROJECT',
      'RESTORE_PROJECT',
    ])
    expect(rows.every((row) => row.api_key_id === null)).toBe(true)
  })
})

describe('switchyard quota', () => {
  it('sets, changes, lists and deletes quotas, and writes it down', async () => {
    await run('project create limited')
    const set = await run('quota set --project limited --unit usd --window day --limit 0.50 --each-end-user')
    expect(set.printed).toMatch(/^Set quota [0-9a-f-]{36}: 0\.5 usd \(day\), each end user\.$/m)
    const everywhere = await runJson('quota set --installation --unit concurrent-calls --limit 40')
    expect(everywhere).toMatchObject({ scope: { type: 'installation' }, limit: '40', used: '0', resetsAt: null })
    const changed = await runJson(
      'quota set --project limited --unit usd --window day --limit 2 --each-end-user --thresholds 80,100 --comment more',
    )
    expect(changed).toMatchObject({ limit: '2', thresholds: [80, 100], window: 'DAY' })
    const tagged = await runJson('quota set --project limited --unit tokens --limit 1000 --tag team=red=blue')
    expect(tagged.scope).toEqual({ type: 'tag', key: 'team', value: 'red=blue' })
    const { printed } = await run('quota list --project limited')
    expect(printed).toMatch(/each end user +usd +day +2 +0 +0 +\d{4}-\d\d-\d\dT00:00:00\.000Z$/m)
    expect(printed).toMatch(/tag team=red=blue +tokens +total +1000 +0 +0$/m)
    expect(printed).toMatch(/installation +concurrent-calls +at once +40 +0 +0$/m)
    expect((await run(`quota delete ${changed.id}`)).printed).toContain(`Deleted quota ${changed.id}`)
    expect((await runJson('quota list --project limited')).map(({ id }: { id: string }) => id)).toEqual([
      everywhere.id,
      tagged.id,
    ])
    const rows = await database.sql<{ action: string }[]>`
      select action from audit where subject = ${`quota/${changed.id}`} order by id`
    expect(rows.map(({ action }) => action)).toEqual(['SET_QUOTA', 'SET_QUOTA', 'DELETE_QUOTA'])
    await run(`quota delete ${everywhere.id}`)
  })

  it.each([
    ['quota set --project nowhere --unit usd --limit 1', 'There is no project "nowhere".'],
    ['quota set --unit usd --limit 1', 'Give either --project or --installation.'],
    ['quota set --project limited --installation --unit usd --limit 1', 'Give either --project or --installation.'],
    ['quota set --project limited --unit usd --limit 1 --route chat --end-user ann', 'Give one of --key, --end-user'],
    ['quota set --project limited --unit tokens --limit 1.5', 'Write a whole number.'],
    ['quota set --project limited --unit usd --limit 1 --key nobody', 'The project has no API key of this id.'],
    ['quota set --project limited --unit usd --limit 1 --thresholds 0', 'percent from 1 to 100'],
    ['quota delete 00000000-0000-7000-8000-000000000000', 'There is no quota'],
  ])('says what is wrong with: %s', async (line, message) => {
    await expect(run(line)).rejects.toThrow(message)
  })
})

describe('switchyard key', () => {
  it('makes a key, lists it without its secret, and revokes it', async () => {
    const { printed } = await run('key create --project web --name site --scope read --scope complete --expires 30d')
    const secret = /^API key: (sy_\S+)$/m.exec(printed)?.[1] ?? ''
    expect(secret).not.toBe('')

    const listed = await run('key list --project web')
    expect(listed.printed).toMatch(/^ID +PREFIX +PROJECT +NAME +SCOPES +CREATED +STATE$/m)
    expect(listed.printed).toMatch(/web +site +read,complete +\d{4}-\d\d-\d\d +active until \d{4}-\d\d-\d\d$/m)
    expect(listed.printed).not.toContain(secret)

    const [key] = await runJson('key list --project web')
    expect(key).toMatchObject({ project: 'web', name: 'site', scopes: ['read', 'complete'], revokedAt: null })
    expect(Date.parse(key.expiresAt) - Date.now()).toBeGreaterThan(29 * 86_400_000)

    expect((await run(`key revoke ${key.prefix}`)).printed).toContain(`(${key.id}) of project web.`)
    expect((await run('key list')).printed).toMatch(/web .*revoked \d{4}-\d\d-\d\d$/m)
  })

  it('lets a key complete and read where no scope is named', async () => {
    expect(await runJson('key create -p app')).toMatchObject({ scopes: ['complete', 'read'], expiresAt: null })
    expect(await runJson('key list -p nobody')).toEqual([])
    expect((await run('key list -p nobody')).printed).toBe('There are no keys.\n')
  })

  it('rotates a key: both are listed, and the old one goes on for a while', async () => {
    const old = await runJson('key create -p rotating -s complete')
    const { printed } = await run(`key rotate ${old.prefix} --overlap 2h`)
    expect(printed).toMatch(/^API key: sy_\S+$/m)
    const [first, second] = await runJson('key list -p rotating')
    expect(first).toMatchObject({ id: old.id, replacedBy: second.id })
    expect(Math.abs(Date.parse(first.expiresAt) - Date.now() - 7_200_000)).toBeLessThan(60_000)
    expect(second).toMatchObject({ scopes: ['complete'], expiresAt: null, replacedBy: null })
    expect((await run('key list -p rotating')).printed).toMatch(/replaced, goes on until/)
    await expect(run(`key rotate ${old.id}`)).rejects.toThrow('took the place of this one already')
  })

  it('says which key is not there', async () => {
    await expect(run('key revoke sy_nothing')).rejects.toThrow(UserError)
    await expect(run('key revoke sy_nothing')).rejects.toThrow('No key has the id or prefix "sy_nothing".')
  })
})

describe('switchyard migrate', () => {
  it('says what it did', async () => {
    await run('migrate')

    expect((await run('migrate')).printed).toBe('The tables are up to date.\n')
    expect(await runJson('migrate')).toEqual({ applied: 0 })
  })
})

describe('switchyard doctor', () => {
  it('finds all in order where nothing is configured', async () => {
    await run('migrate')
    const { printed, failed } = await run('doctor')

    expect(failed).toBe(false)
    expect(printed).toMatch(/^✓ Node: \d/m)
    expect(printed).toContain('✓ Configuration: no file, the defaults hold; routes: chat, auto')
    expect(printed).toContain('✓ Simulator: ')
    expect(printed).toContain('✓ Database: embedded')
    expect(printed).toContain('✓ Tables: up to date')
  })

  it('makes nothing', async () => {
    const fresh = join(folder, 'fresh')
    const { printed } = await run('doctor', { SWITCHYARD_DATA_DIR: fresh })

    expect(printed).toContain('✓ Database: embedded; the first start makes it')
    await expect(rm(fresh)).rejects.toThrow('ENOENT')
  })

  it('connects to providers, without a request', async () => {
    let requests = 0
    const server = createServer(() => {
      requests += 1
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const { port: closedPort } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    const config = join(folder, 'providers.json')
    const local = (at: number) => ({
      driver: 'openai-compatible',
      baseUrl: `http://127.0.0.1:${at}/v1`,
      apiKeys: ['env:MINE'],
    })
    await writeFile(config, JSON.stringify({ providers: { up: local(port), down: local(closedPort) } }))

    const { printed, failed } = await run('doctor', { SWITCHYARD_CONFIG: config, MINE: 'fake-secret' })
    await new Promise((resolve) => server.close(resolve))

    expect(printed).toContain(`✓ Provider up: MINE; 127.0.0.1:${port} can be reached`)
    expect(printed).toContain(`✗ Provider down: MINE; 127.0.0.1:${closedPort} can't be reached (ECONNREFUSED)`)
    expect(printed).not.toContain('fake-secret')
    expect(failed).toBe(true)
    expect(requests).toBe(0)
  })

  it('tells each problem of the configuration, and a database that is away', async () => {
    const config = join(folder, 'wrong.json')
    await writeFile(config, JSON.stringify({ routes: { x: {} }, simulator: 'maybe' }))
    const wrong = await run('doctor', { SWITCHYARD_CONFIG: config })
    expect(wrong.printed.match(/^✗ Configuration: .*$/gm)).toHaveLength(2)
    expect(wrong.failed).toBe(true)

    const away = await run('doctor', { DATABASE_URL: 'postgres://u:hush@127.0.0.1:1/x' })
    expect(away.printed).toMatch(/^✗ Database: .*127\.0\.0\.1:1/m)
    expect(away.printed).not.toContain('hush')
    expect(away.failed).toBe(true)
  })
})

describe('the process', () => {
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

  function spawn(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const env = { PATH: process.env.PATH, PORT: 'abc', SWITCHYARD_DATA_DIR: join(folder, 'data') }
    return new Promise((resolve) => {
      execFile(process.execPath, [cli, ...words], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
      )
    })
  }

  it('ends with a sentence and a failure where the configuration is wrong', async () => {
    const advice = 'PORT: write a number from 0 (any free port) to 65535, not "abc"'

    expect(await spawn('key', 'list')).toEqual({
      code: 1,
      stdout: '',
      stderr: `The configuration is wrong:\n  ${advice}\n`,
    })
    expect(await spawn('doctor')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`✗ Configuration: ${advice}`),
    })
  })

  it('says what it takes where a command is misspelt', async () => {
    expect(await spawn('key', 'crate')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Did you mean create?'),
    })
    expect(await spawn('key', 'create', '-p', 'x', '-s', 'all')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Write one of complete, read, admin, operator.'),
    })
  })
})
