import type { Database } from '../../src/database/database.ts'

/** How the rows of a project are found in tables that have no column `project_id`; null where a table has none of any. */
const OTHERWISE: Readonly<Record<string, string | null>> = {
  project: 'id = $1::uuid',
  quota_window: 'quota_id in (select id from quota where project_id = $1::uuid)',
  // The installation's own.
  route_version: null,
  route_in_force: null,
  provider_cost: null,
  // Copies of events, which are compared.
  webhook_delivery: null,
}

/** Rollups, which are put together in the background: whoever compares rows compares reports beside them. */
const ROLLUP = /^usage_/

/** Kept up to date by a replica, whoever asks. */
const RESTLESS = ['lease_until']

/** All rows of a project, table by table, as text to compare. */
export async function rowsOfProject(
  { sql }: Database,
  projectId: string,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await sql<{ name: string; owned: boolean }[]>`
    select relname as name, exists (
      select from pg_attribute where attrelid = pg_class.oid and attname = 'project_id' and not attisdropped
    ) as owned
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    order by relname`
  const found: Record<string, readonly string[]> = {}
  for (const { name, owned } of tables) {
    const condition = owned ? 'project_id = $1::uuid' : OTHERWISE[name]
    if (condition === null || ROLLUP.test(name)) continue
    if (condition === undefined) throw new Error(`How does one find a project's rows in ${name}? Say so in OTHERWISE`)
    const rows = await sql.unsafe<{ row: string }[]>(
      `select (to_jsonb(t) - $2::text[])::text as row from "${name}" t where ${condition} order by 1`,
      [projectId, `{${RESTLESS.join(',')}}`],
    )
    found[name] = rows.map(({ row }) => row)
  }
  return found
}
