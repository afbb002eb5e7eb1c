import type { Clock } from '../../core/clock.ts'
import type { Logger } from '../../core/telemetry.ts'
import { LedgerUnavailable } from '../../core/unavailable.ts'
import type { SpoolFile } from './spool-file.ts'
import type { WaitingRow } from './waiting-row.ts'

/** How much of what waits stays in memory beside its copy in the spool. */
export interface MemoryBound {
  readonly rows: number
  readonly bytes: number
}

/** Where a queue puts what waits while the database is away. */
export interface SpoolOptions {
  readonly file: SpoolFile
  readonly bound: MemoryBound
  /** Called when rows stand in a file that was left and nowhere else. */
  readonly onLeft: () => void
}

/** The queue whose rows are spooled. */
export interface SpooledQueue<T, R> {
  readonly name: string
  readonly clock: Clock
  readonly logger: Logger
  /** All rows that wait or are being written, oldest first. */
  all(): readonly WaitingRow<T, R>[]
  /** Forgets rows that are done. */
  drop(): void
  stalledMs(): number
}

/** Puts the rows of a queue on disk while the database is away, so that they outlive the process and its memory. */
export interface Spooling {
  /** Looks after the queue from now on, until it is empty. */
  watch(): void
  /** Tells that the queue is empty. */
  drained(): void
  /** Spools all that waits and leaves it for the next process; false where that failed. */
  close(): Promise<boolean>
}

const LOOK_EVERY_MS = 1_000
/** Nothing can be written for so long, in milliseconds: then the database is away, not busy. */
const AWAY_AFTER_MS = 2_000

export function spooling<T, R>(queue: SpooledQueue<T, R>, { file, bound, onLeft }: SpoolOptions): Spooling {
  const { clock, logger, name } = queue
  let cancelLook: (() => void) | null = null
  let dropped = false
  let used = false
  let closing = false
  /** What uses the file takes turns. */
  let turn: Promise<unknown> = Promise.resolve()

  function inTurn<V>(work: () => Promise<V>): Promise<V> {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }

  function watch(): void {
    if (!closing) cancelLook ??= clock.after(LOOK_EVERY_MS, look)
  }

  function look(): void {
    cancelLook = null
    if (queue.all().length === 0) return
    if (queue.stalledMs() < AWAY_AFTER_MS) watch()
    else void inTurn(save).catch(complain).then(watch)
  }

  function complain(error: unknown): void {
    logger.error({ error: messageOf(error) }, `${name} that wait for the database can not be put on disk`)
  }

  async function save(): Promise<void> {
    const fresh = queue.all().filter((one) => one.spooledBytes === null)
    if (fresh.length > 0) {
      if (!used) logger.warn({ waiting: fresh.length }, `The database is away: ${name} are put on disk meanwhile`)
      used = true
      const sizes = await file.append(fresh.map(({ row }) => row))
      fresh.forEach((one, at) => {
        one.spooledBytes = sizes[at] ?? 0
      })
    }
    keepWithinBound()
    if (queue.all().length === 0) await finish()
  }

  /**
   * The oldest go first: whoever waited for them has most likely given up. The newest stays, since the next try to write
   * it is what notices that the database is back.
   */
  function keepWithinBound(): void {
    const all = queue.all()
    let rows = all.length
    let bytes = all.reduce((sum, one) => sum + (one.spooledBytes ?? 0), 0)
    for (const one of all) {
      if (rows === 1 || (rows <= bound.rows && bytes <= bound.bytes)) break
      if (one.spooledBytes === null) continue
      one.state = 'done'
      one.done.reject(new LedgerUnavailable('The database is away; the row is kept on disk'))
      rows -= 1
      bytes -= one.spooledBytes
    }
    if (rows === all.length) return
    dropped = true
    queue.drop()
  }

  /** All that is in memory is written; what is not is read back. */
  async function finish(): Promise<void> {
    if (!used) return
    used = false
    if (!dropped) return await file.remove()
    dropped = false
    await file.leave()
    onLeft()
  }

  return {
    watch,
    drained() {
      if (used) inTurn(finish).catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'A spool stays'))
    },
    async close() {
      closing = true
      cancelLook?.()
      try {
        await inTurn(async () => {
          if (queue.all().length === 0) return await finish()
          await save()
          await file.leave()
        })
        return true
      } catch (error) {
        complain(error)
        return false
      }
    },
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
