import type postgres from 'postgres'
import { timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { quotaReservedChecks, quotaUsedChecks } from '../check/quota-checks.ts'
import { changeLocked, lockWindows, type WindowChange, type WindowKey } from '../quota-windows.ts'
import { keptSinceOf, noteRepair, type RepairScope } from './repair-scope.ts'

interface WrongRow {
  readonly key: string
  readonly field: 'used' | 'reserved'
  readonly expected: string
  readonly found: string
}

const CHECKS = [...quotaUsedChecks(), ...quotaReservedChecks()].map((query) => `(${query})`).join(' union all ')

/** Windows that are wrong, by key, where $1 to $3 are of no account and $4 is from when on calls are kept. */
const WRONG = `
  select key, field, expected, found from (${CHECKS}) as wrong
  where num_nonnulls($1::timestamptz, $2::timestamptz, $3::timestamptz, $4::timestamptz) = 4`

/**
 * Sets what is used and reserved of wrong windows to what calls were charged and have reserved. A window is locked before the
 * calls are read: whoever changes it later adds to what is right by then.
 * @returns how many windows were wrong
 */
export async function repairQuotas(scope: RepairScope): Promise<number> {
  const { database } = scope
  const bound = [timestamp(0), timestamp(0), timestamp(0), await keptSinceOf(scope)]
  const wrong = await database.sql.unsafe<WrongRow[]>(WRONG, bound)
  const keys = [...new Set(wrong.map(({ key }) => key))]
  if (keys.length === 0) return 0
  await transaction(database.sql, async (tx) => {
    await lockWindows(tx, keys.map(windowOf))
    await setRight(tx, scope, new Set(keys), bound)
  })
  return keys.length
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
