import type { Clock } from '../core/clock.ts'
import type { OpenedCall } from '../core/ledger.ts'
import type { Database } from '../database/database.ts'
import { patiently } from '../database/patience.ts'
import { definitionOf, limits, type QuotaColumns, type QuotaDefinition } from './quota-row.ts'

/** Knows which quotas limit a call, without asking the database for each. */
export interface QuotaBook {
  /**
   * The quotas that limit a call, in the order in which they were set. At once where they were looked up less than a
   * second ago; a quota is in force within a second after it was set.
   * @throws LedgerUnavailable
   */
  applying(call: OpenedCall): readonly QuotaDefinition[] | Promise<readonly QuotaDefinition[]>
}

interface Entry {
  /** Monotonic, in milliseconds. */
  readonly readAt: number
  readonly definitions: readonly QuotaDefinition[]
}

const FRESH_MS = 1000
/** From this age on the next look-up goes ahead in the background, so that few calls wait for it. */
const RENEWED_AFTER_MS = 500
const MOST_PROJECTS = 10_000

/** @param waitMs how long a look-up waits for the database */
export function quotaBook(database: Database, clock: Clock, waitMs: number): QuotaBook {
  const entries = new Map<string, Entry>()
  const reads = new Map<string, Promise<Entry>>()

  function read(projectId: string): Promise<Entry> {
    const running = reads.get(projectId)
    if (running) return running
    const reading = lookUp(projectId).finally(() => reads.delete(projectId))
    reads.set(projectId, reading)
    return reading
  }

  async function lookUp(projectId: string): Promise<Entry> {
    // The age counts from before the query: what was set after it began may be missing.
    const readAt = clock.monotonic()
    const definitions = await patiently(clock, waitMs, () => definitionsOf(database, projectId))
    if (entries.size >= MOST_PROJECTS) entries.clear()
    const entry = { readAt, definitions }
    entries.set(projectId, entry)
    return entry
  }

  return {
    applying(call) {
      const entry = entries.get(call.projectId)
      const age = entry ? clock.monotonic() - entry.readAt : Number.POSITIVE_INFINITY
      if (!entry || age > FRESH_MS) return read(call.projectId).then((found) => applyingOf(found, call))
      if (age > RENEWED_AFTER_MS) read(call.projectId).catch(() => {})
      return applyingOf(entry, call)
    },
  }
}

function applyingOf(entry: Entry, call: OpenedCall): readonly QuotaDefinition[] {
  return entry.definitions.filter(({ scope }) => limits(scope, call))
}

async function definitionsOf(database: Database, projectId: string): Promise<QuotaDefinition[]> {
  const rows = await database.sql<QuotaColumns[]>`
    select id, scope_type, scope_key, scope_value, unit, window_name, limit_amount
    from quota where project_id = ${projectId}::uuid order by created_at, id`
  return rows.map(definitionOf)
}
