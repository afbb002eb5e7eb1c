import type postgres from 'postgres'
import { timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { attemptSumChecks } from '../check/call-checks.ts'
import type { CallKey } from '../reprice/call-key.ts'
import { recount } from '../reprice/recount.ts'
import { noteRepair, type RepairScope, spansOf } from './repair-scope.ts'

const BATCH = 500

const HELD = `status not in ('RUNNING', 'ABANDONED') and reservations is not null
  and created_at >= $1::timestamptz and created_at < $2::timestamptz`

/** Calls whose sums are not those of their attempts, and that are not abandoned, behind the one of id $5. */
const WRONG = `
  select distinct id, extract(epoch from created_at) * 1000 as created_ms
  from (${attemptSumChecks()
    .map((query) => `(${query})`)
    .join(' union all ')}) as wrong
  join call on call.id = wrong.key::uuid and call.created_at >= $1::timestamptz and call.created_at < $2::timestamptz
  where call.status <> 'ABANDONED' and num_nonnulls($3::timestamptz, $4::timestamptz) = 2
    and ($5::uuid is null or call.id > $5::uuid)
  order by id limit ${BATCH}`

/**
 * Takes reservations from calls that have ended, and lets calls say what their attempts come to; rollups and quotas
 * follow.
 * @returns how many calls were changed
 */
export async function repairCalls(scope: RepairScope): Promise<number> {
  let count = 0
  for (const span of await spansOf(scope)) {
    count += await transaction(scope.database.sql, (tx) => freeReservations(tx, scope, span))
    let after: string | null = null
    do {
      const last: string | null = after
      const done: Done = await transaction(scope.database.sql, (tx) => recountBatch(tx, scope, span, last))
      count += done.count
      after = done.after
    } while (after !== null)
  }
  return count
}

type Span = { readonly from: string; readonly to: string }

async function freeReservations(
  tx: postgres.TransactionSql,
  { clock }: RepairScope,
  { from, to }: Span,
): Promise<number> {
  const rows = await tx.unsafe<{ id: string; reservations: string }[]>(
    `with held as (select id, created_at, reservations from call where ${HELD} order by id for update)
     update call set reservations = null from held
     where call.id = held.id and call.created_at = held.created_at
     returning call.id, held.reservations::text as reservations`,
    [from, to],
  )
  const changes = rows.map(({ id, reservations }) => ({ path: id, before: JSON.parse(reservations), after: null }))
  if (rows.length > 0) await noteRepair(tx, clock, `ledger/call/reservations`, changes)
  return rows.length
}

interface Done {
  readonly count: number
  readonly after: string | null
}

async function recountBatch(
  tx: postgres.TransactionSql,
  { clock }: RepairScope,
  { from, to }: Span,
  after: string | null,
): Promise<Done> {
  const found = await tx.unsafe<{ id: string; created_ms: string }[]>(WRONG, [
    from,
    to,
    timestamp(clock.now()),
    timestamp(0),
    after,
  ])
  const calls: CallKey[] = found.map((row) => ({ id: row.id, createdAt: Number(row.created_ms) }))
  if (calls.length === 0) return { count: 0, after: null }
  const ids = calls.map(({ id }) => id)
  const before = await lockedCalls(tx, ids, { from, to })
  await recount(tx, calls, async () => {})
  const now = await lockedCalls(tx, ids, { from, to })
  const changes = ids.map((id) => ({ path: id, before: before.get(id) ?? null, after: now.get(id) ?? null }))
  await noteRepair(tx, clock, 'ledger/call/sums', changes)
  return { count: calls.length, after: ids.at(-1) ?? null }
}

/** What calls say of their attempts, as JSON, while nobody else changes them. */
async function lockedCalls(
  tx: postgres.TransactionSql,
  ids: readonly string[],
  { from, to }: Span,
): Promise<ReadonlyMap<string, unknown>> {
  const rows = await tx.unsafe<{ id: string; sums: string }[]>(
    `select id, jsonb_build_object('attempts', attempts, 'priced', priced, 'wasted', wasted::text,
       'cost', (cost_input::numeric + cost_cached_input + cost_cache_write + cost_output)::text,
       'inputTokens', input_tokens, 'outputTokens', output_tokens)::text as sums
     from call where id = any($1::uuid[]) and created_at >= $2::timestamptz and created_at < $3::timestamptz
     order by id for update`,
    [`{${ids.join(',')}}`, from, to],
  )
  return new Map(rows.map(({ id, sums }) => [id, JSON.parse(sums)]))
}
