import { appendFile, mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { LedgerUnavailable } from '../../../src/core/unavailable.ts'
import { recovery } from '../../../src/ledger/spool/recovery.ts'
import { type SpoolFile, spoolFile } from '../../../src/ledger/spool/spool-file.ts'
import { rowOfLine, spoolLine } from '../../../src/ledger/spool/spool-line.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { quiet, settledCall } from '../sample-calls.ts'

describe('a line of a spool', () => {
  it('comes back as the row that it was made of, whatever stands in it', () => {
    const rows = [
      { type: 'settled', call: settledCall() },
      { text: '\u0001n12 \u2028\u2029\n\r\0 "\\', huge: -(2n ** 80n), nested: [{ '\u0001': ['\u0001'] }, null, 1.5] },
    ]
    for (const row of rows) {
      const line = spoolLine(row)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(rowOfLine(line)).toEqual({ row })
    }
  })

  it('is nothing where it is cut short or of another form', () => {
    const line = spoolLine({ amount: 5n })
    for (const bad of [line.slice(0, -3), '', 'null', '{}', '{"v":2,"row":{}}', line.replace('n5', 'nx')]) {
      expect(rowOfLine(bad)).toBeNull()
    }
  })
})

describe('a spool', () => {
  let folder: string
  const stops: (() => Promise<void>)[] = []
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'switchyard-spool-')), 'spool')
  })
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
    await rm(join(folder, '..'), { recursive: true, force: true })
  })

  const names = async (ending = '') => (await readdir(folder)).filter((name) => name.endsWith(ending))
  const opened = (): SpoolFile => {
    const file = spoolFile(folder, systemClock)
    stops.push(file.remove)
    return file
  }
  /** Takes what was left and writes it to a list; `fate` decides what goes wrong with a row. */
  function reading(fate: (row: unknown) => Error | null = () => null, log: string[] = []) {
    const rows: unknown[] = []
    const note = (_: unknown, message: string) => void log.push(message)
    const { look, close } = recovery({
      folder,
      clock: systemClock,
      logger: { ...quiet, info: note, warn: note },
      isReady: () => true,
      async write(row) {
        const error = fate(row)
        if (error) throw error
        rows.push(row)
      },
    })
    stops.push(close)
    return { rows, look, close }
  }
  const left = async (...batches: readonly (readonly unknown[])[]) => {
    const file = opened()
    for (const rows of batches) await file.append(rows)
    await file.leave()
  }

  it('is a file that only its owner may read, and is gone when it is not needed', async () => {
    const file = opened()
    const row = { amount: 7n }
    expect(await file.append([row, row])).toEqual([spoolLine(row).length, spoolLine(row).length])
    const [name = ''] = await names('.live')
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect(await readFile(join(folder, name), 'utf8')).toBe(spoolLine(row).repeat(2))
    await file.remove()
    expect(await names()).toEqual([])
  })

  it('is read once it is left, in order, and removed', async () => {
    const rows = Array.from({ length: 1_203 }, (_, n) => ({ n, text: '\u2028 ü '.repeat(n % 50) }))
    await left(rows.slice(0, 700), rows.slice(700))
    const reader = reading()
    await expect.poll(async () => await names()).toEqual([])
    expect(reader.rows).toEqual(rows)
  })

  it('is left alone while its process lives, and taken when nobody has touched it for long', async () => {
    const file = opened()
    await file.append([{ n: 1 }])
    const reader = reading()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(reader.rows).toEqual([])
    const [name = ''] = await names()
    const longAgo = new Date(Date.now() - 31_000)
    await utimes(join(folder, name), longAgo, longAgo)
    reader.look()
    await expect.poll(() => reader.rows).toEqual([{ n: 1 }])
    // The process was only held up: what it adds now is in a file of its own again.
    await expect.poll(async () => await names()).toEqual([])
    await file.append([{ n: 2 }])
    await file.leave()
    reader.look()
    await expect.poll(() => reader.rows).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('is touched as long as its process lives', async () => {
    const clock = manualClock()
    const file = spoolFile(folder, clock)
    stops.push(file.remove)
    await file.append([{ n: 1 }])
    const [name = ''] = await names()
    await utimes(join(folder, name), 0, 0)
    clock.pass(5_000)
    await expect.poll(async () => (await stat(join(folder, name))).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
  })

  it('is read up to where a process died in the middle of a line, and says so', async () => {
    await left([{ n: 1 }, { n: 2 }])
    const [name = ''] = await names()
    await appendFile(join(folder, name), '{"v":1,"row":{"n":')
    const log: string[] = []
    const reader = reading(undefined, log)
    await expect.poll(async () => await names()).toEqual([])
    expect(reader.rows).toEqual([{ n: 1 }, { n: 2 }])
    expect(log).toContainEqual(expect.stringMatching(/cut short/))
  })

  it('stays where it can not be written, and is written later', async () => {
    await left([{ n: 1 }, { n: 2 }])
    let isAway = true
    const reader = reading(() => (isAway ? new LedgerUnavailable('away') : null))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await names('.left')).toHaveLength(1)
    isAway = false
    reader.look()
    await expect.poll(async () => await names()).toEqual([])
    expect(reader.rows).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('keeps rows that the database will never take, for people to look at', async () => {
    const bad = { n: 2, amount: 5n }
    await left([{ n: 1 }, bad])
    const reader = reading((row) => (Object.hasOwn(row as object, 'amount') ? new RangeError('too large') : null))
    await expect.poll(async () => await names('.live')).toEqual([])
    await expect.poll(() => reader.rows).toEqual([{ n: 1 }])
    const [name = ''] = await names('.refused')
    expect(rowOfLine(await readFile(join(folder, name), 'utf8'))).toEqual({ row: bad })
  })

  it('is written by one of several processes', async () => {
    const files = Array.from({ length: 8 }, (_, n) => [{ n }])
    for (const rows of files) await left(rows)
    const readers = [reading(), reading(), reading()]
    await expect.poll(async () => await names()).toEqual([])
    const all = readers.flatMap(({ rows }) => rows) as { n: number }[]
    expect(all.map(({ n }) => n).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('says where it can not be written to', async () => {
    await left([{ n: 1 }])
    await rm(folder, { recursive: true })
    await appendFile(folder, 'a file where a folder should be')
    await expect(opened().append([{ n: 2 }])).rejects.toThrow(/EEXIST|ENOTDIR/)
  })
})
