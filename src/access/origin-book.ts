import type { Clock } from '../core/clock.ts'
import { LedgerUnavailable } from '../core/unavailable.ts'
import type { Database } from '../database/database.ts'
import { patiently } from '../database/patience.ts'
import { timestamp } from '../database/row-arrays.ts'

const FRESH_MS = 1_000
const LONGEST_WAIT_MS = 2_000

/**
 * Which origins the keys in use name: a browser's preflight does not say with which key it will come. Looked up at most
 * once a second, however many ask.
 */
export function originBook(database: Database, clock: Clock): () => Promise<ReadonlySet<string>> {
  let known: ReadonlySet<string> = new Set()
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<ReadonlySet<string>> | null = null

  async function read(): Promise<ReadonlySet<string>> {
    readAt = clock.monotonic()
    try {
      known = await patiently(clock, LONGEST_WAIT_MS, () => readOrigins(database, clock.now()))
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error
    } finally {
      reading = null
    }
    return known
  }

  return async () => {
    if (reading === null && clock.monotonic() - readAt < FRESH_MS) return known
    reading ??= read()
    return reading
  }
}

async function readOrigins({ sql }: Database, now: number): Promise<ReadonlySet<string>> {
  const rows = await sql<{ origin: string }[]>`
    select distinct unnest(allowed_origins) as origin from api_key join project on project.id = api_key.project_id
    where allowed_origins is not null and revoked_at is null and archived_at is null
      and (expires_at is null or expires_at > ${timestamp(now)}::timestamptz)`
  return new Set(rows.map(({ origin }) => origin))
}
