import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/telemetry.ts'
import { LedgerUnavailable } from '../core/unavailable.ts'
import { failureOf } from '../database/failure.ts'
import { messageOf, type Spooling, type SpoolOptions, spooling } from './spool/spooling.ts'
import type { WaitingRow } from './spool/waiting-row.ts'

/** What a group commit needs to know of the rows it writes. */
export interface GroupCommitOptions<T, R> {
  /** For the log. */
  readonly name: string
  /**
   * Writes many rows in one transaction.
   * @param again true where an earlier try at one of these rows failed, and may yet have been committed
   * @returns a result for each row, in their order
   */
  readonly write: (rows: readonly T[], attempt: 'first' | 'again') => Promise<readonly R[]>
  /** Names a row in the log. */
  readonly describe: (row: T) => Readonly<Record<string, unknown>>
  readonly clock: Clock
  readonly logger: Logger
  /** Where rows are put while the database is away; without it they are in memory alone. */
  readonly spool?: SpoolOptions | null
  /** Called where a write has not been answered for long: perhaps nobody is there to answer it. */
  readonly silence?: { readonly afterMs: number; readonly onSilent: () => void }
}

/**
 * A queue whose rows are written together: while one transaction is under way the next rows gather, so the cost of each
 * falls as the load rises. While the database is away the rows wait. A row that the database will never take is
 * rejected and logged, and does not hold up the others.
 */
export interface GroupCommit<T, R> {
  /** @param when `soon` lets the row wait a moment for others that are more urgent */
  add(row: T, when: 'now' | 'soon'): Promise<R>
  /** Resolves when all that was added so far is written or rejected. */
  flush(): Promise<void>
  /** How many rows wait or are being written. */
  size(): number
  /** For how long nothing could be written although there was something to write, in milliseconds. */
  stalledMs(): number
  /** Writes what is left, for at most `ms`, then spools or loses it; whoever still waits is rejected. */
  close(ms: number): Promise<void>
}

const LARGEST_BATCH = 500
const SOON_MS = 20
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 1000

export function groupCommit<T, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> {
  const { clock, logger } = options
  let queue: WaitingRow<T, R>[] = []
  let batch: readonly WaitingRow<T, R>[] = []
  let running = false
  let stopped = false
  let closed = false
  let stalledSince: number | null = null
  let pauseMs = FIRST_PAUSE_MS
  let cancelSoon: (() => void) | null = null
  let wake: (() => void) | null = null

  const all = () => [...batch, ...queue].filter((entry) => entry.state !== 'done')
  const stalledMs = () => (stalledSince === null ? 0 : clock.monotonic() - stalledSince)
  const drop = () => {
    queue = queue.filter((entry) => entry.state !== 'done')
  }
  const spool: Spooling | null = options.spool
    ? spooling({ name: options.name, clock, logger, all, drop, stalledMs }, options.spool)
    : null

  async function run(): Promise<void> {
    if (running) return
    running = true
    cancelSoon?.()
    cancelSoon = null
    while (queue.length > 0 && !stopped) {
      batch = queue.splice(0, LARGEST_BATCH)
      stalledSince ??= clock.monotonic()
      await writeOrWait(batch)
      batch = []
    }
    running = false
    if (!stopped) spool?.drained()
  }

  async function writeOrWait(entries: readonly WaitingRow<T, R>[]): Promise<void> {
    try {
      await write(entries)
      stalledSince = null
      pauseMs = FIRST_PAUSE_MS
    } catch (error) {
      batch = []
      queue.unshift(...entries.filter((entry) => entry.state !== 'done'))
      if (closed) giveUp('lost')
      else if (!stopped) await pauseAfter(error)
    }
  }

  /** Writes rows, in halves where the database refuses the data of some. Throws where it is worth trying again. */
  async function write(entries: readonly WaitingRow<T, R>[]): Promise<void> {
    const again = entries.some((entry) => entry.state === 'tried')
    try {
      const rows = entries.map((entry) => entry.row)
      const results = await answered(options.write(rows, again ? 'again' : 'first'))
      entries.forEach((entry, at) => {
        entry.state = 'done'
        entry.done.resolve(results[at] as R)
      })
    } catch (error) {
      if (failureOf(error) === 'data') return await isolate(entries, error)
      for (const entry of entries) if (entry.state === 'fresh') entry.state = 'tried'
      throw error
    }
  }

  async function answered<V>(written: Promise<V>): Promise<V> {
    const { silence } = options
    const cancel = silence ? clock.after(silence.afterMs, silence.onSilent) : () => {}
    return await written.finally(cancel)
  }

  async function isolate(entries: readonly WaitingRow<T, R>[], error: unknown): Promise<void> {
    const [only] = entries
    if (only && entries.length === 1) {
      only.state = 'done'
      only.done.reject(error)
      const fields = { ...options.describe(only.row), error: messageOf(error) }
      logger.error(fields, `The database refused a row of ${options.name} for good`)
      return
    }
    const middle = Math.ceil(entries.length / 2)
    await write(entries.slice(0, middle))
    await write(entries.slice(middle))
  }

  async function pauseAfter(error: unknown): Promise<void> {
    const failure = failureOf(error)
    if (failure === 'conflict') {
      logger.debug({ error: messageOf(error) }, `${options.name} lost against another transaction and is tried again`)
      return await pause(1 + Math.random() * FIRST_PAUSE_MS)
    }
    const fields = { error: messageOf(error), waiting: queue.length, retryInMs: pauseMs }
    if (failure === 'away') logger.warn(fields, `The database is away: ${options.name} wait`)
    else logger.error(fields, `The database does not take ${options.name}, which wait: has it been migrated?`)
    await pause(pauseMs)
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }

  function giveUp(fate: 'lost' | 'spooled'): void {
    for (const entry of queue.splice(0)) {
      const fields = options.describe(entry.row)
      if (fate === 'lost' && entry.spooledBytes === null)
        logger.error(fields, `A row of ${options.name} was lost: the database stayed away`)
      entry.done.reject(new LedgerUnavailable('The ledger was closed while the database was away'))
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve)
      wake = () => {
        cancel()
        resolve()
      }
    })
  }

  async function flush(): Promise<void> {
    const entries = all()
    void run()
    await Promise.allSettled(entries.map((entry) => entry.done.promise))
  }

  return {
    add(row, when) {
      const entry: WaitingRow<T, R> = { row, done: Promise.withResolvers<R>(), state: 'fresh', spooledBytes: null }
      if (stopped) {
        entry.done.reject(new LedgerUnavailable('The ledger is closed'))
        return entry.done.promise
      }
      queue.push(entry)
      spool?.watch()
      if (when === 'now') setImmediate(run)
      else if (!running) cancelSoon ??= clock.after(SOON_MS, run)
      return entry.done.promise
    },
    flush,
    size: () => queue.length + batch.length,
    stalledMs,
    async close(ms) {
      const late = Promise.withResolvers<void>()
      const cancel = clock.after(ms, late.resolve)
      await Promise.race([flush(), late.promise])
      cancel()
      stopped = true
      cancelSoon?.()
      wake?.()
      const spooled = await spool?.close()
      closed = true
      giveUp(spooled ? 'spooled' : 'lost')
    },
  }
}
