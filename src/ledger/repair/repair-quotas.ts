import type postgres from 'postgres'
import { timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { CHARGED_CALLS, DUE, quotaReservedChecks, quotaUsedChecks } from '../check/quota-checks.ts'
import { changeLocked, createWindows, lockWindows, type WindowChange, type WindowKey } from '../quota/quota-windows.ts'
import { keptSinceOf, noteRepair, type RepairScope, spansOf } from './repair-scope.ts'

interface WrongRow {
  readonly key: string
  readonly field: 'used' | 'reserved'
  readonly expected: string
  readonly found: string
}

const CHECKS = [...quotaUsedChecks(), ...quotaReservedChecks()].map((query) => `(${query})`).join(' union all ')

/** Windows that are wrong, by key, where $1 and $2 are of no account. */
const WRONG = `
  select key, field, expected, found from (${CHECKS}) as wrong
  where num_nonnulls($1::timestamptz, $2::timestamptz, $3::timestamptz, $4::timestamptz) = 4`

/**
 * Sets what is used and reserved of wrong windows to what calls were charged and have reserved. A window is locked before the
 * calls are read: whoever changes it later adds to what is right by then.
 * @returns how many windows were wrong
 */
export async function repairQuotas(scope: RepairScope): Promise<number> {
  const { database, clock } = scope
  const bound = [timestamp(0), timestamp(0), timestamp(clock.now()), await keptSinceOf(scope)]
  const wrong = await database.sql.unsafe<WrongRow[]>(WRONG, bound)
  const keys = [...new Set(wrong.map(({ key }) => key))]
  if (keys.length === 0) return 0
  await transaction(database.sql, async (tx) => {
    await createWindows(tx, keys.map(windowOf))
    await lockWindows(tx, keys.map(windowOf))
    await setRight(tx, scope, new Set(keys), bound)
  })
  return keys.length
}

/** Calls whose charges are not what they used, with what they must be. */
const CHARGE_ANEW = `
  with wrong as (
    select call.id, call.created_at, call.charges, jsonb_agg(
      case when ${DUE} is null then one else jsonb_set(one, '{used}', to_jsonb((${DUE})::text)) end order by place
    ) as due
    from call cross join lateral jsonb_array_elements(call.charges) with ordinality as listed (one, place)
    where ${CHARGED_CALLS} group by call.id, call.created_at having bool_or((${DUE})::text <> one->>'used')
  )
  update call set charges = wrong.due from wrong
  where call.id = wrong.id and call.created_at = wrong.created_at and call.charges = wrong.charges
  returning call.id, wrong.charges::text as before, wrong.due::text as after`

/**
 * Charges calls what they used. What is used of the windows follows in `repairQuotas`.
 * @returns how many calls were changed
 */
export async function repairCharges(scope: RepairScope): Promise<number> {
  let count = 0
  for (const { from, to } of await spansOf(scope)) {
    count += await transaction(scope.database.sql, async (tx) => {
      const rows = await tx.unsafe<{ id: string; before: string; after: string }[]>(CHARGE_ANEW, [from, to])
      const changes = rows.map(({ id, before, after }) => ({
        path: id,
        before: JSON.parse(before),
        after: JSON.parse(after),
      }))
      if (rows.length > 0) await noteRepair(tx, scope.clock, 'ledger/call/charges', changes)
      return rows.length
    })
  }
  return count
}

/** A window by its key as the check shows it. */
function windowOf(key: string): WindowKey {
  const [quotaId = '', start = '', ...subject] = key.split(' ')
  return { quotaId, windowStart: Date.parse(start), subject: subject.join(' ') }
}

/** What is wrong now that nobody changes them any more: a moment ago it may have been something else. */
async function setRight(
  tx: postgres.TransactionSql,
  { clock }: RepairScope,
  locked: ReadonlySet<string>,
  bound: string[],
): Promise<void> {
  const rows = (await tx.unsafe<WrongRow[]>(WRONG, bound)).filter(({ key }) => locked.has(key))
  if (rows.length === 0) return
  await changeLocked(tx, rows.map(changeOf))
  const changes = rows.map(({ key, field, found, expected }) => ({
    path: `${key}.${field}`,
    before: found,
    after: expected,
  }))
  await noteRepair(tx, clock, 'ledger/quota_window', changes)
}

function changeOf({ key, field, expected, found }: WrongRow): WindowChange {
  const more = BigInt(expected) - BigInt(found)
  return { ...windowOf(key), used: field === 'used' ? more : 0n, reserved: field === 'reserved' ? more : 0n }
}

/** Windows of quotas that are gone count for nothing. */
export async function removeOrphanWindows({ database, clock }: RepairScope): Promise<number> {
  return await transaction(database.sql, async (tx) => {
    const rows = await tx<{ quota_id: string; used: string }[]>`
      delete from quota_window where not exists (select from quota where quota.id = quota_window.quota_id)
      returning quota_id, used`
    const changes = rows.map(({ quota_id, used }) => ({ path: quota_id, before: used, after: null }))
    if (rows.length > 0) await noteRepair(tx, clock, 'ledger/quota_window', changes)
    return rows.length
  })
}
