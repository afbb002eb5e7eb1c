import { COUNTERS, ROLLUP_TABLES, type RollupLevel, rollupOf, SKETCHES } from '../usage/rollup-sql.ts'
import { differences, moment } from './check-sql.ts'
import { compactedChecks } from './compacted-check.ts'
import { ENDED } from './ended-calls.ts'

/** A rollup against the same made anew from the calls. A row without any call, which an undone one leaves, is no row. */
export function rollupCheck(level: RollupLevel): string {
  const table = ROLLUP_TABLES[level]
  const keys = ['project_id', 'hour', 'group_key']
  const counters = Object.keys(COUNTERS).map((name) => ({
    field: name,
    expected: `coalesce(want.${name}, 0)`,
    found: `coalesce(kept.${name}, 0)`,
  }))
  const sketches = Object.keys(SKETCHES).map((name) => ({
    field: name,
    expected: `coalesce(want.${name}, '{}')`,
    found: `coalesce(kept.${name}, '{}')`,
  }))
  return differences({
    place: table,
    key: `concat_ws(' ', project_id, ${moment('hour')}, group_key)`,
    from: `(${rollupOf(level, ENDED)}) as want full join (
      select * from ${table} where hour >= $1::timestamptz and hour < $2::timestamptz
    ) as kept using (${keys.join(', ')})`,
    where: 'true',
    pairs: [...counters, ...sketches],
  })
}

export function rollupChecks(): string[] {
  return [...(Object.keys(ROLLUP_TABLES) as RollupLevel[]).map(rollupCheck), ...compactedChecks()]
}
