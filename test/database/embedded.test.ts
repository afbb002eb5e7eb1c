import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { dirname, join, relative } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { socketPath } from '../../src/database/socket-path.ts'
import { embeddedPlace } from '../support/database.ts'

const cleanups: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function place(): Promise<string> {
  const { settings, remove } = await embeddedPlace()
  cleanups.push(remove)
  if (settings.type !== 'embedded') throw new Error('not embedded')
  return settings.directory
}

async function open(directory: string): Promise<Database> {
  const database = await openDatabase({ type: 'embedded', directory })
  cleanups.push(() => database.close())
  return database
}

/** Another process that has the same folder open and has written a project. */
async function otherProcess(directory: string, name: string): Promise<ChildProcess> {
  const module = new URL('../../src/database/database.ts', import.meta.url).href
  const code = `
    const { openDatabase } = await import(${JSON.stringify(module)})
    const { sql } = await openDatabase({ type: 'embedded', directory: ${JSON.stringify(directory)} })
    await sql\`insert into project (id, name, created_at) values (gen_random_uuid(), '${name}', now())\`
    console.log('written')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  cleanups.push(() => kill(child))
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('The other process ended')))
  ended.catch(() => {})
  await Promise.race([once(child.stdout, 'data'), ended])
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const names = async (database: Database) =>
  (await database.sql<{ name: string }[]>`select name from project order by name`).map(({ name }) => name)

const add = (database: Database, name: string) =>
  database.sql`insert into project (id, name, created_at) values (gen_random_uuid(), ${name}, now())`

describe('the embedded database', () => {
  it('is shared with a process that has it open, outlives its death, and is then run here', async () => {
    const directory = await place()
    const child = await otherProcess(directory, 'theirs')
    const database = await open(directory)
    await add(database, 'ours')
    expect(await names(database)).toEqual(['ours', 'theirs'])
    await kill(child)
    await add(database, 'late').catch(() => add(database, 'late'))
    expect(await names(database)).toEqual(['late', 'ours', 'theirs'])
  })

  it('starts over the socket of a process that was killed', async () => {
    const directory = await place()
    await kill(await otherProcess(directory, 'theirs'))
    expect((await stat(socketPath(directory))).isSocket()).toBe(true)
    expect(await names(await open(directory))).toEqual(['theirs'])
  })

  it('is opened once by many that open it at once', async () => {
    const directory = await place()
    const databases = await Promise.all([1, 2, 3].map(() => open(directory)))
    await Promise.all(databases.map((database, i) => add(database, `p${i}`)))
    const [first] = databases
    expect(first && (await names(first))).toEqual(['p0', 'p1', 'p2'])
  })

  it('is in a private folder and survives a restart, also where an earlier start was broken off', async () => {
    const directory = join(await place(), 'made', 'here')
    await mkdir(join(directory, 'database.making'), { recursive: true, mode: 0o700 })
    await writeFile(join(directory, 'database.making', 'PG_VERSION'), 'half')
    await mkdir(join(directory, '.starting'))
    await utimes(join(directory, '.starting'), new Date(0), new Date(0))

    const first = await openDatabase({ type: 'embedded', directory })
    await first.sql`create table kept (n int)`
    await first.sql`insert into kept values (42)`
    expect((await readdir(directory)).sort()).toEqual(['.s.PGSQL.5432', 'database'])
    await first.close()
    expect(await readdir(directory)).toEqual(['database'])
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    expect(await (await open(directory)).sql`select n from kept`).toEqual([{ n: 42 }])
  })

  it('says which folder it is in where it does not start', async () => {
    const directory = await place()
    await rm(join(directory, 'database', 'global'), { recursive: true })
    await expect(openDatabase({ type: 'embedded', directory })).rejects.toThrow(`The embedded database in ${directory}`)
    await expect(openDatabase({ type: 'embedded', directory: '/dev/null/nowhere' })).rejects.toThrow(
      '/dev/null/nowhere',
    )
  })

  it('listens elsewhere where the folder has too long a name for a socket', async () => {
    const short = await place()
    const directory = `${short}-${'x'.repeat(120)}`
    await rename(short, directory)
    cleanups.push(() => rm(directory, { recursive: true }))
    cleanups.push(() => rm(dirname(socketPath(directory)), { recursive: true }))
    expect(Buffer.byteLength(socketPath(directory))).toBeLessThan(100)
    expect(socketPath(relative(process.cwd(), directory))).toBe(socketPath(directory))
    const database = await open(directory)
    expect(await database.sql`select 1 as n`).toEqual([{ n: 1 }])
  })

  it('gives each connection its own transactions, answers and errors', async () => {
    const database = await open(await place())
    const { sql } = database
    const long = 'x'.repeat(300_000)
    const reads = Array.from({ length: 200 }, async (_, n) => {
      const [row] = await sql<{ n: number; size: number }[]>`select ${n}::int as n, length(${long}::text) as size`
      expect(row).toEqual({ n, size: long.length })
    })
    const failures = Array.from({ length: 100 }, (_, n) => expect(sql`select ${n}::int / 0`).rejects.toThrow('zero'))
    const transactions = Array.from({ length: 20 }, (_, n) =>
      sql
        .begin(async (tx) => {
          await tx`insert into project (id, name, created_at) values (gen_random_uuid(), ${`t${n}`}, now())`
          if (n % 2 === 0) throw new Error('rolled back')
        })
        .catch(() => {}),
    )
    await Promise.all([...reads, ...failures, ...transactions])
    expect(await names(database)).toHaveLength(10)
  })

  it('does not mix the messages of two connections that stop in the middle', async () => {
    const directory = await place()
    const database = await open(directory)
    const one = await rawConnection(directory)
    // A portal that the other connection must not see, and an error that must not swallow the other's messages.
    one.write(
      Buffer.concat([message('P', '\0select 1/0\0', 0), message('B', '\0\0', 0, 0, 0), message('E', '\0', 0, 0)]),
    )
    const other = database.sql`select 7 as n`
    const early = await Promise.race([other.then(() => 'early'), new Promise((r) => setTimeout(r, 100, 'waiting'))])
    expect(early).toBe('waiting')
    one.write(message('S', ''))
    expect(await other).toEqual([{ n: 7 }])
    // One that leaves within a transaction takes it along.
    one.write(message('Q', 'begin; create table gone (n int)\0'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    one.destroy()
    expect(await database.sql`select to_regclass('gone') as gone`).toEqual([{ gone: null }])
  })
})

async function rawConnection(directory: string): Promise<Socket> {
  const socket = connect(socketPath(directory))
  await once(socket, 'connect')
  const body = Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0\0', 'latin1')
  const head = Buffer.alloc(4)
  head.writeInt32BE(body.length + 4)
  socket.write(Buffer.concat([head, body]))
  await once(socket, 'data')
  socket.resume()
  return socket
}

/** A message of the protocol: its type, text, and 16-bit integers behind it. */
function message(type: string, text: string, ...integers: number[]): Buffer {
  const body = Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from(integers.flatMap((n) => [n >> 8, n & 255]))])
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
