import { expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { LedgerUnavailable } from '../../src/core/unavailable.ts'
import { type GroupCommit, groupCommit } from '../../src/ledger/group-commit.ts'
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
