import type { OpenedCall } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../database/database.ts'
import { patiently } from '../../database/patience.ts'
import {
  definitionOf,
  QUOTA_COLUMNS,
  type QuotaColumns,
  type QuotaDefinition,
  scopeName,
  scopesOf,
} from './quota-row.ts'
import { tokenQuotas } from './token-quotas.ts'

/** Knows which quotas limit a call, without asking the database for each. */
export interface QuotaBook {
  /**
   * The quotas that limit a call: of its project, of the installation and of its browser token. At once where they were
   * looked up less than a second ago; a quota is in force within a second after it was set.
   * @throws LedgerUnavailable
   */
  applying(call: OpenedCall): readonly QuotaDefinition[] | Promise<readonly QuotaDefinition[]>
}

interface Entry {
  /** Monotonic, in milliseconds. */
  readonly readAt: number
  /** The quotas of each scope; there may be thousands of scopes, and a call is in few of them. */
  readonly byScope: ReadonlyMap<string, readonly QuotaDefinition[]>
}

const FRESH_MS = 1000
/** From this age on the next look-up goes ahead in the background, so that few calls wait for it. */
const RENEWED_AFTER_MS = 500
const MOST_PROJECTS = 10_000

const NONE: readonly QuotaDefinition[] = []

/** @param waitMs how long a look-up waits for the database */
export function quotaBook(database: Database, clock: Clock, waitMs: number): QuotaBook {
  const entries = new Map<string, Entry>()
  const reads = new Map<string, Promise<Entry>>()
  const ofToken = tokenQuotas(database, clock, waitMs)

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
    const entry = { readAt, byScope: Map.groupBy(definitions, ({ scope }) => scopeName(scope)) }
    entries.set(projectId, entry)
    return entry
  }

  function ofProject(call: OpenedCall): readonly QuotaDefinition[] | Promise<readonly QuotaDefinition[]> {
    const entry = entries.get(call.projectId)
    const age = entry ? clock.monotonic() - entry.readAt : Number.POSITIVE_INFINITY
    if (!entry || age > FRESH_MS) return read(call.projectId).then((found) => applyingOf(found, call))
    if (age > RENEWED_AFTER_MS) read(call.projectId).catch(() => {})
    return applyingOf(entry, call)
  }

  return {
    applying(call) {
      const own = ofProject(call)
      const { browserTokenId } = call
      const more = browserTokenId === null ? NONE : ofToken(call.projectId, browserTokenId)
      if (!(own instanceof Promise) && !(more instanceof Promise)) return more.length === 0 ? own : [...own, ...more]
      return Promise.all([own, more]).then((found) => found.flat())
    },
  }
}

/** What is set for one end user takes the place of what holds for each of them. */
function applyingOf({ byScope }: Entry, call: OpenedCall): readonly QuotaDefinition[] {
  if (byScope.size === 0) return NONE
  const names = new Set(scopesOf(call).map(scopeName))
  const found = [...names].flatMap((name) => byScope.get(name) ?? NONE)
  const named = new Set(found.filter(({ scope }) => scope.type === 'endUser').map(measureOf))
  return named.size === 0
    ? found
    : found.filter((quota) => quota.scope.type !== 'eachEndUser' || !named.has(measureOf(quota)))
}

function measureOf({ unit, window }: QuotaDefinition): string {
  return `${unit} ${window}`
}

async function definitionsOf(database: Database, projectId: string): Promise<QuotaDefinition[]> {
  const rows = await database.sql.unsafe<QuotaColumns[]>(
    `select ${QUOTA_COLUMNS} from quota
     where (project_id = $1::uuid or project_id is null) and scope_type <> 'browserToken'`,
    [projectId],
    { prepare: true },
  )
  return rows.map(definitionOf)
}
