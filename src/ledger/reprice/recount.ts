import type postgres from 'postgres'
import { bind, type Column, unnest } from '../../database/row-arrays.ts'
import { changeWindows } from '../quota/quota-windows.ts'
import { type Charge, readCharges, storedCharges } from '../quota/reservations-json.ts'
import { changeRollups } from '../usage/rollup-sql.ts'
import { CALL_KEYS, type CallKey } from './call-key.ts'
import { type WentOnFrom, wentOnFrom } from './went-on-from.ts'

/**
 * The calls as rollups see them, without what sketches are of: these count a call once, when it ends, and what is mended here
 * does not change how long it took.
 */
const CALLS = `(
  select id, created_at, project_id, api_key_id, requested_model, provider, model, status, end_user, tags, attempts,
    cache_status, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_input, cost_cached_input,
    cost_cache_write, cost_output, wasted, saved, priced, null::float8 as total_ms, null::float8 as first_token_ms
  from call join ${unnest(CALL_KEYS, 'chosen', 1)} using (id, created_at)
)`

const UNCOUNT = `with chosen as ${CALLS}, ${changeRollups('chosen', '-')} select`
const COUNT = `with chosen as ${CALLS}, ${changeRollups('chosen', '+')} select`

const TOTAL = (of: string) =>
  `${of}.cost_input::numeric + ${of}.cost_cached_input + ${of}.cost_cache_write + ${of}.cost_output`

const WENT_ON: readonly Column<WentOnFrom>[] = [
  { name: 'call_id', type: 'uuid', of: ({ id }) => id },
  { name: 'number', type: 'int4', of: ({ number }) => number },
]

const TOKENS = [
  ...['input_tokens', 'cached_input_tokens', 'cache_write_tokens', 'cache_write_hour_tokens'],
  ...['output_tokens', 'reasoning_tokens'],
].map((name) => `${name} = coalesce(answered.${name}, call.${name})`)

/** What a call says of its attempts, from them: costs, their number, and the tokens of the one that answered. */
const SUM_UP = `
  with chosen as (
    select call.* from call join ${unnest(CALL_KEYS, 'chosen', 1)} using (id, created_at)
  ), tried as (
    select chosen.id, count(attempt.call_id) as attempts,
      coalesce(bool_and(attempt.cost_input is not null) filter (where attempt.call_id is not null), true) as priced,
      coalesce(sum(attempt.cost_input), 0) as cost_input, coalesce(sum(attempt.cost_cached_input), 0) as cost_cached_input,
      coalesce(sum(attempt.cost_cache_write), 0) as cost_cache_write, coalesce(sum(attempt.cost_output), 0) as cost_output,
      coalesce(
        sum(${TOTAL('attempt')}) filter (where attempt.outcome <> 'SUCCEEDED' and went_on.number is null), 0
      ) as wasted
    from chosen left join attempt on attempt.call_id = chosen.id and attempt.created_at = chosen.created_at
    left join ${unnest(WENT_ON, 'went_on', CALL_KEYS.length + 1)}
      on went_on.call_id = attempt.call_id and went_on.number = attempt.number
    group by chosen.id
  )
  update call set
    attempts = tried.attempts, cost_input = tried.cost_input, cost_cached_input = tried.cost_cached_input,
    cost_cache_write = tried.cost_cache_write, cost_output = tried.cost_output, wasted = tried.wasted,
    priced = tried.priced,
    ${TOKENS.join(', ')}
  from chosen join tried using (id)
  left join attempt as answered on answered.call_id = chosen.id and answered.created_at = chosen.created_at
    and answered.outcome = 'SUCCEEDED' and chosen.status = 'SUCCEEDED' and chosen.cache_status <> 'HIT'
  where call.id = chosen.id and call.created_at = chosen.created_at
  returning call.id, ${TOTAL('chosen')} as before, ${TOTAL('call')} as after, call.charges::text as charges`

interface SummedRow {
  readonly id: string
  readonly before: string
  readonly after: string
  readonly charges: string | null
}

/**
 * Changes attempts of calls and lets all that is made of them follow, in the transaction that it is given: what the calls
 * say, the rollups, what they were charged of quotas, and what is used of these. Locks are taken in a settlement's order:
 * calls (by whoever calls this, in the order of their ids), rollups, windows.
 * @param calls that have ended and were not abandoned, locked
 * @param change the change of attempts; none where the calls do not fit to them
 */
export async function recount(
  tx: postgres.TransactionSql,
  calls: readonly CallKey[],
  change: () => Promise<void>,
): Promise<void> {
  const keys = bind(CALL_KEYS, calls)
  const notWasted = bind(WENT_ON, await wentOnFrom(tx, calls))
  await tx.unsafe(UNCOUNT, keys)
  await change()
  const rows = await tx.unsafe<SummedRow[]>(SUM_UP, [...keys, ...notWasted])
  await tx.unsafe(COUNT, keys)
  await recharge(tx, rows, new Map(calls.map((call) => [call.id, call.createdAt])))
}

interface Recharge extends CallKey {
  readonly charges: readonly Charge[]
}

const CHARGES: readonly Column<Recharge>[] = [
  ...CALL_KEYS.map((column) => ({ ...column, of: (row: Recharge) => column.of(row) })),
  { name: 'charges', type: 'jsonb', of: ({ charges }) => storedCharges(charges) },
]

/** A quota of dollars is used by what became dearer, or less so. */
async function recharge(
  tx: postgres.TransactionSql,
  rows: readonly SummedRow[],
  madeAt: ReadonlyMap<string, number>,
): Promise<void> {
  const dearer = rows.flatMap(({ id, before, after, charges }) => {
    const more = BigInt(after) - BigInt(before)
    if (more === 0n || charges === null) return []
    const changed = readCharges(charges).map((one) => (one.unit === 'USD' ? { ...one, used: one.used + more } : one))
    return [{ id, createdAt: madeAt.get(id) ?? 0, more, charges: changed }]
  })
  if (dearer.length === 0) return
  await tx.unsafe(
    `update call set charges = anew.charges from ${unnest(CHARGES, 'anew', 1)}
     where call.id = anew.id and call.created_at = anew.created_at`,
    bind(CHARGES, dearer),
  )
  await changeWindows(
    tx,
    dearer.flatMap(({ more, charges }) =>
      charges.filter(({ unit }) => unit === 'USD').map((one) => ({ ...one, used: more, reserved: 0n })),
    ),
  )
}
