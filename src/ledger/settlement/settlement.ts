import type postgres from 'postgres'
import type { OpenedCall, SettledCall } from '../../core/call.ts'
import type { Database } from '../../database/database.ts'
import { bind } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { chargesOf } from '../quota/charges.ts'
import { changeWindows, type WindowChange } from '../quota/quota-windows.ts'
import { keepAnswers } from './answers.ts'
import { ATTEMPT_COLUMNS } from './attempt-columns.ts'
import { OPEN_COLUMNS, SETTLED_COLUMNS } from './call-columns.ts'
import { revive } from './revival.ts'
import { OPEN_CALLS, SETTLE_CALLS } from './settlement-sql.ts'

/** What the ledger writes of a call: that it began, or how it ended. */
export type CallRecord =
  | { readonly type: 'opened'; readonly call: OpenedCall }
  | { readonly type: 'settled'; readonly call: SettledCall }

type Sql = postgres.Sql | postgres.TransactionSql

/** Writes what began and what ended. A call that did both in one batch is written once. Safe to repeat. */
export async function writeRecords(database: Database, records: readonly CallRecord[]): Promise<void> {
  const settled = new Map<string, SettledCall>()
  for (const record of records) {
    if (record.type === 'settled' && !settled.has(record.call.id)) settled.set(record.call.id, record.call)
  }
  const opened = records.filter((record) => record.type === 'opened' && !settled.has(record.call.id))
  if (opened.length > 0)
    await openCalls(
      database.sql,
      opened.map(({ call }) => call),
    )
  if (settled.size > 0) await settleCalls(database, [...settled.values()])
}

async function openCalls(sql: Sql, calls: readonly OpenedCall[]): Promise<void> {
  const rows = calls.map((call) => ({ call, reservations: [] }))
  await sql.unsafe(OPEN_CALLS, bind(OPEN_COLUMNS, rows), { prepare: true })
}

async function settleCalls(database: Database, calls: readonly SettledCall[]): Promise<void> {
  const ended = await settleOnce(database.sql, calls)
  if (ended.size === calls.length) return
  // The others had ended before, or the sweeper took them for abandoned too early.
  const late = calls.filter((call) => !ended.has(call.id))
  await transaction(database.sql, async (tx) => {
    const revived = await revive(tx, late)
    if (revived.length > 0) await settleIn(tx, revived)
  })
}

/** One statement is a transaction by itself; where more has to be written, they are put into one. */
async function settleOnce(sql: postgres.Sql, calls: readonly SettledCall[]): Promise<ReadonlySet<string>> {
  const alone = calls.every((call) => call.reservations.length === 0 && call.answer === null)
  return alone ? await endCalls(sql, calls) : await transaction(sql, (tx) => settleIn(tx, calls))
}

async function settleIn(tx: postgres.TransactionSql, calls: readonly SettledCall[]): Promise<ReadonlySet<string>> {
  const ended = await endCalls(tx, calls)
  const now = calls.filter((call) => ended.has(call.id))
  await keepAnswers(tx, now)
  // Last, since all calls of a project, or of the installation, wait for each other here.
  await changeWindows(tx, now.flatMap(windowChanges))
  return ended
}

/** Writes calls, attempts and rollups; returns the ids of the calls that were not ended yet. */
async function endCalls(sql: Sql, calls: readonly SettledCall[]): Promise<ReadonlySet<string>> {
  const attempts = calls.flatMap((call) => call.attempts.map((attempt) => ({ call, attempt })))
  const values = [...bind(SETTLED_COLUMNS, calls), ...bind(ATTEMPT_COLUMNS, attempts)]
  const rows = await sql.unsafe<{ id: string }[]>(SETTLE_CALLS, values, { prepare: true })
  return new Set(rows.map(({ id }) => id))
}

/** A settlement releases what was reserved and puts what was really used in its place. */
function windowChanges(call: SettledCall): WindowChange[] {
  const charges = chargesOf(call)
  return call.reservations.map(({ quotaId, windowStart, subject, amount }, at) => ({
    quotaId,
    windowStart,
    subject,
    reserved: -amount,
    used: charges[at]?.used ?? 0n,
  }))
}
