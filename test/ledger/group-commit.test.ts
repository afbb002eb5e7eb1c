import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { LedgerUnavailable } from '../../src/core/unavailable.ts'
import { type GroupCommit, groupCommit } from '../../src/ledger/group-commit.ts'
import { manualClock } from '../support/manual-clock.ts'
import { quiet } from './sample-calls.ts'

class DatabaseError extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

interface Store {
  readonly commit: GroupCommit<number, string>
  readonly batches: { readonly rows: readonly number[]; readonly attempt: string }[]
}

/** A group commit into memory; `fail` decides what goes wrong with a batch. */
function store(fail: (rows: readonly number[], count: number) => string | null = () => null): Store {
  const batches: Store['batches'] = []
  const commit = groupCommit<number, string>({
    name: 'rows',
    async write(rows, attempt) {
      batches.push({ rows: [...rows], attempt })
      await new Promise((resolve) => setTimeout(resolve, 5))
      const code = fail(rows, batches.length)
      if (code !== null) throw new DatabaseError(code)
      return rows.map((row) => `row ${row}`)
    },
    describe: (row) => ({ row }),
    clock: systemClock,
    logger: quiet,
  })
  return { commit, batches }
}

const rowsOf = ({ batches }: Store) => batches.map(({ rows }) => rows)

it('writes together what gathers, in order, and gives each row its result', async () => {
  const all = store()
  const first = all.commit.add(0, 'now')
  await new Promise((resolve) => setTimeout(resolve, 2))
  const rest = [1, 2, 3].map((row) => all.commit.add(row, row === 2 ? 'soon' : 'now'))
  expect(all.commit.size()).toBe(4)
  expect(await Promise.all([first, ...rest])).toEqual(['row 0', 'row 1', 'row 2', 'row 3'])
  expect(rowsOf(all)).toEqual([[0], [1, 2, 3]])
  await new Promise((resolve) => setImmediate(resolve))
  expect(all.commit.size()).toBe(0)
  expect(all.commit.stalledMs()).toBe(0)
})

it('writes rows that are not urgent with the next urgent one, or by themselves after a moment', async () => {
  const all = store()
  const early = all.commit.add(1, 'soon')
  await new Promise((resolve) => setImmediate(resolve))
  expect(rowsOf(all)).toEqual([])
  await Promise.all([early, all.commit.add(2, 'now')])
  expect(rowsOf(all)).toEqual([[1, 2]])
  expect(await all.commit.add(3, 'soon')).toBe('row 3')
})

it('bounds a batch', async () => {
  const all = store()
  await Promise.all(Array.from({ length: 1200 }, (_, row) => all.commit.add(row, 'now')))
  expect(all.batches.map(({ rows }) => rows.length)).toEqual([500, 500, 200])
})

it('isolates a row that is refused for good', async () => {
  const all = store((rows) => (rows.includes(5) ? '22003' : null))
  const results = await Promise.allSettled(Array.from({ length: 9 }, (_, row) => all.commit.add(row, 'now')))
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((row) => row !== 5),
  )
})

it('tries again after a lost connection, a deadlock and an error that people must mend, and says that it does', async () => {
  for (const code of ['ECONNREFUSED', '40P01', '42P01']) {
    const all = store((_, count) => (count <= 2 ? code : null))
    expect(await all.commit.add(1, 'now')).toBe('row 1')
    expect(all.batches.map(({ attempt }) => attempt)).toEqual(['first', 'again', 'again'])
  }
})

it('flushes what is there', async () => {
  const all = store()
  void all.commit.add(1, 'soon')
  void all.commit.add(2, 'soon')
  await all.commit.flush()
  expect(rowsOf(all)).toEqual([[1, 2]])
  await all.commit.flush()
})

it('gives up at the end what can not be written, and takes nothing more', async () => {
  const all = store(() => 'ECONNREFUSED')
  const lost = all.commit.add(1, 'now')
  lost.catch(() => {})
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(all.commit.stalledMs()).toBeGreaterThan(0)
  await all.commit.close(30)
  await expect(lost).rejects.toBeInstanceOf(LedgerUnavailable)
  await expect(all.commit.add(2, 'now')).rejects.toBeInstanceOf(LedgerUnavailable)
})

it('writes at the end what can be written', async () => {
  const all = store()
  const kept = all.commit.add(1, 'soon')
  await all.commit.close(1000)
  expect(await kept).toBe('row 1')
})

describe('while the database is away', () => {
  const BOUND = { rows: 20, bytes: 1_000 }

  /** A group commit that spools to memory; time passes as the test says. */
  function spooled(sizeOf: (row: number) => number = () => 10) {
    const clock = manualClock()
    const state = {
      isAway: true,
      isDiskFull: false,
      written: [] as number[],
      spool: [] as number[],
      log: [] as string[],
    }
    const commit = groupCommit<number, void>({
      name: 'rows',
      async write(rows) {
        if (state.isAway) throw new DatabaseError('ECONNREFUSED')
        state.written.push(...rows)
        return []
      },
      describe: (row) => ({ row }),
      clock,
      logger: quiet,
      spool: {
        bound: BOUND,
        onLeft: () => state.log.push('onLeft'),
        file: {
          async append(rows) {
            if (state.isDiskFull) throw new DatabaseError('ENOSPC')
            state.spool.push(...(rows as number[]))
            return state.spool.slice(-rows.length).map(sizeOf)
          },
          remove: async () => void state.log.push('removed'),
          leave: async () => void state.log.push('left'),
        },
      },
    })
    async function pass(seconds: number): Promise<void> {
      for (let quarter = 0; quarter < seconds * 4; quarter += 1) {
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        clock.pass(250)
      }
    }
    const add = (rows: number) => Promise.allSettled(Array.from({ length: rows }, (_, row) => commit.add(row, 'now')))
    return { state, commit, pass, add }
  }

  it('a moment is not worth a file', async () => {
    const { state, pass, add } = spooled()
    const added = add(5)
    await pass(1)
    state.isAway = false
    await pass(2)
    expect((await added).map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'))
    expect(state).toMatchObject({ spool: [], log: [] })
  })

  it('rows are put on disk once, and the file goes when they are written', async () => {
    const { state, pass, add } = spooled()
    const added = add(5)
    await pass(10)
    expect(state.spool).toEqual([0, 1, 2, 3, 4])
    state.isAway = false
    await pass(2)
    expect((await added).map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'))
    expect(state).toMatchObject({ written: [0, 1, 2, 3, 4], log: ['removed'] })
  })

  it('no more than the bound stays in memory, by number and by size, and the rest is read back from disk', async () => {
    for (const [sizeOf, kept] of [
      [() => 10, 20],
      [() => 400, 2],
      [(row: number) => (row === 49 ? 5_000 : 1), 1],
    ] as const) {
      const { state, commit, pass, add } = spooled(sizeOf)
      const added = add(50)
      await pass(5)
      expect(commit.size()).toBe(kept)
      expect(state.spool).toHaveLength(50)
      state.isAway = false
      await pass(2)
      const results = await added
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(50 - kept)
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(LedgerUnavailable)
      expect(state.written).toEqual(Array.from({ length: kept }, (_, row) => 50 - kept + row))
      expect(commit.stalledMs()).toBe(0)
      expect(state.log).toEqual(['left', 'onLeft'])
    }
  })

  it('nothing is dropped from memory that is not on disk', async () => {
    const { state, commit, pass, add } = spooled()
    state.isDiskFull = true
    const added = add(50)
    await pass(5)
    expect(commit.size()).toBe(50)
    state.isAway = false
    await pass(2)
    expect((await added).every(({ status }) => status === 'fulfilled')).toBe(true)
  })

  it('what is left at the end is on disk', async () => {
    const { state, commit, pass, add } = spooled()
    const added = add(5)
    const closed = commit.close(3_000)
    await pass(4)
    await closed
    expect((await added).every(({ status }) => status === 'rejected')).toBe(true)
    expect(state).toMatchObject({ written: [], spool: [0, 1, 2, 3, 4], log: ['left'] })
  })
})
