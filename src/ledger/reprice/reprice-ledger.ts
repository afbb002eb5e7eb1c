import type postgres from 'postgres'
import type { Clock } from '../../core/clock.ts'
import { formatUsd } from '../../core/money.ts'
import { appendAudit } from '../../database/audit.ts'
import type { Database } from '../../database/database.ts'
import { patiently } from '../../database/patience.ts'
import { timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import type { CallKey } from './call-key.ts'
import { recount } from './recount.ts'
import type { PriceOf, Repriced, RepriceScope } from './reprice-query.ts'
import { repriceTally } from './reprice-tally.ts'
import { hasChanged, type Repricing, repricingsOf, writePrices } from './repriced-attempts.ts'

export interface RepriceOptions {
  readonly scope: RepriceScope
  readonly priceOf: PriceOf
  readonly clock: Clock
  /** `look` changes nothing. */
  readonly mode: 'look' | 'change'
  /** Told after each batch how many calls were looked at so far. */
  readonly onProgress?: (looked: number) => void
}

/** So many calls are changed in one transaction: their rollups are locked for a moment only. */
const BATCH = 500
const LONGEST_MS = 120_000

/**
 * Prices attempts anew, with the prices that are known now and held when they began. Calls, rollups and quotas follow in
 * the same transaction, batch by batch, so that the ledger adds up at every moment; servers may go on. What is running or
 * was abandoned is left alone, and so is what the cache saved. Done twice it changes nothing the second time.
 */
export async function repriceLedger(database: Database, options: RepriceOptions): Promise<Repriced> {
  const { clock, mode, onProgress = () => {} } = options
  const tally = repriceTally()
  let after: string | null = null
  let looked = 0
  while (true) {
    const last: string | null = after
    const batch: Batch = await patiently(clock, LONGEST_MS, () =>
      mode === 'look'
        ? lookAtBatch(database.sql, options, last)
        : transaction(database.sql, (tx) => changeBatch(tx, options, last)),
    )
    tally.add(batch.repricings)
    looked += batch.calls.length
    after = batch.calls.at(-1)?.id ?? null
    if (after === null) return { models: tally.models(), looked }
    onProgress(looked)
  }
}

interface OwnedCall extends CallKey {
  readonly projectId: string
}

interface Batch {
  readonly calls: readonly OwnedCall[]
  readonly repricings: readonly Repricing[]
}

async function lookAtBatch(
  sql: postgres.Sql,
  { scope, priceOf }: RepriceOptions,
  after: string | null,
): Promise<Batch> {
  const calls = await nextCalls(sql, scope, after, 'read')
  return { calls, repricings: await repricingsOf(sql, calls, scope, priceOf) }
}

async function changeBatch(tx: postgres.TransactionSql, options: RepriceOptions, after: string | null): Promise<Batch> {
  const { scope, priceOf } = options
  const calls = await nextCalls(tx, scope, after, 'lock')
  const repricings = await repricingsOf(tx, calls, scope, priceOf)
  const changed = repricings.filter(hasChanged)
  if (changed.length > 0) {
    const touched = [...new Map(changed.map(({ call }) => [call.id, call])).values()]
    await recount(tx, touched, () => writePrices(tx, changed))
    await writeDown(tx, options, calls, changed)
  }
  return { calls, repricings }
}

/** For each project what changed of its own: its administrators read that, and nothing of others. */
async function writeDown(
  tx: postgres.TransactionSql,
  { scope, clock }: Pick<RepriceOptions, 'scope' | 'clock'>,
  calls: readonly OwnedCall[],
  changed: readonly Repricing[],
): Promise<void> {
  for (const [projectId, own] of Map.groupBy(calls, (call) => call.projectId)) {
    const ids = new Set(own.map(({ id }) => id))
    const mine = changed.filter(({ call }) => ids.has(call.id))
    const touched = [...new Set(mine.map(({ call }) => call.id))]
    if (touched.length === 0) continue
    await appendAudit(tx, clock, {
      action: 'REPRICE_CALLS',
      subject: subjectOf(scope),
      projectId,
      apiKeyId: null,
      changes: changesOf(mine),
      comment: `${touched.length} call(s) from ${touched[0]} to ${touched.at(-1)}`,
    })
  }
}

function subjectOf({ provider, model }: RepriceScope): string {
  return `calls/${provider ?? '*'}/${model ?? '*'}`
}

/** The sums before and after, by model. */
function changesOf(changed: readonly Repricing[]) {
  const tally = repriceTally()
  tally.add(changed)
  return tally.models().map(({ model, before, after }) => ({
    path: `${model}.costUsd`,
    before: formatUsd(before),
    after: formatUsd(after),
  }))
}

/** The next calls of a scope that have ended, by id; locked in that order, as a settlement does. */
async function nextCalls(
  sql: postgres.Sql | postgres.TransactionSql,
  scope: RepriceScope,
  after: string | null,
  mode: 'read' | 'lock',
): Promise<OwnedCall[]> {
  const unpriced = scope.which === 'unpriced' ? 'and attempt.cost_input is null' : ''
  const rows = await sql.unsafe<{ id: string; created_ms: string; project_id: string }[]>(
    `select id, extract(epoch from created_at) * 1000 as created_ms, project_id from call
     where created_at >= $1::timestamptz and created_at < $2::timestamptz and status not in ('RUNNING', 'ABANDONED')
       and ($3::uuid is null or id > $3::uuid) and ($4::uuid is null or project_id = $4::uuid)
       and exists (
         select from attempt where attempt.call_id = call.id and attempt.created_at = call.created_at
           and attempt.input_tokens is not null and ($5::text is null or attempt.provider = $5::text)
           and ($6::text is null or $6::text in (attempt.model, attempt.answered_model)) ${unpriced}
       )
     order by id limit ${BATCH} ${mode === 'lock' ? 'for update' : ''}`,
    [timestamp(scope.from), timestamp(scope.to), after, scope.projectId, scope.provider, scope.model],
  )
  return rows.map((row) => ({ id: row.id, createdAt: Number(row.created_ms), projectId: row.project_id }))
}
