import type { Database } from '../../database/database.ts'
import { bind, namesOf, unnest } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { holdOffErasures, notErased } from './erasure-mark.ts'
import { PAYLOAD_COLUMNS, type PayloadRow } from './payload-row.ts'

const NOT_ERASED = notErased({
  projectId: 'kept.project_id',
  createdAt: 'kept.created_at',
  callId: 'kept.call_id',
  endUser: 'kept.end_user',
})

const WRITE = `
  insert into payload (${namesOf(PAYLOAD_COLUMNS)})
  select * from ${unnest(PAYLOAD_COLUMNS, 'kept', 1)} where ${NOT_ERASED}
  on conflict (call_id, created_at) do nothing`

/** Writes payloads, but for those that were erased before they came to be written. Safe to repeat. */
export async function writePayloads(database: Database, rows: readonly PayloadRow[]): Promise<void> {
  await transaction(database.sql, async (tx) => {
    await holdOffErasures(tx)
    await tx.unsafe(WRITE, bind(PAYLOAD_COLUMNS, rows), { prepare: true })
  })
}
