import { timeOfCallId } from '../../core/call-id.ts'
import type { Database } from '../../database/database.ts'
import { bind, type Column, timestamp, unnest } from '../../database/row-arrays.ts'

const IDS: readonly Column<string>[] = [
  { name: 'id', type: 'uuid', of: (id) => id },
  { name: 'created_at', type: 'timestamptz', of: (id) => timestamp(timeOfCallId(id) ?? 0) },
]

/** Puts off the time at which running calls may be taken for abandoned. */
export async function renewLeases(database: Database, callIds: readonly string[], leaseUntil: number): Promise<void> {
  if (callIds.length === 0) return
  await database.sql.unsafe(
    `update call set lease_until = $3::timestamptz from ${unnest(IDS, 'running', 1)}
     where call.id = running.id and call.created_at = running.created_at and call.status = 'RUNNING'`,
    [...bind(IDS, [...callIds].sort()), timestamp(leaseUntil)],
    { prepare: true },
  )
}
