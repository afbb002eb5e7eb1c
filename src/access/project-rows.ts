import type postgres from 'postgres'
import type { Administrator } from '../core/administrator.ts'
import type { AuditAction } from '../core/audit.ts'
import { newCallId } from '../core/call-id.ts'
import type { PageQuery } from '../core/changed.ts'
import type { Clock } from '../core/clock.ts'
import { jsonDiff } from '../core/json-diff.ts'
import type { PayloadStore } from '../core/payload.ts'
import type { Project } from '../core/project.ts'
import { appendAudit } from '../database/audit.ts'
import { timestamp } from '../database/row-arrays.ts'

type Sql = postgres.Sql | postgres.TransactionSql

interface ProjectRow {
  readonly id: string
  readonly name: string
  readonly store: PayloadStore
  readonly created_ms: string
  readonly archived_ms: string | null
}

const SELECT = `
  select id, name, store, extract(epoch from created_at) * 1000 as created_ms,
    extract(epoch from archived_at) * 1000 as archived_ms
  from project`

/** A page of projects by their ids, which is in the order in which they were made. */
export async function readProjects(sql: Sql, { projectId, first, after }: PageQuery): Promise<readonly Project[]> {
  const rows = await sql.unsafe<ProjectRow[]>(
    `${SELECT} where ($1::uuid is null or id = $1::uuid) and ($2::uuid is null or id > $2::uuid) order by id limit $3::int`,
    [projectId, after, String(first)],
    { prepare: true },
  )
  return rows.map(projectOf)
}

export async function findByName(sql: Sql, name: string): Promise<Project | null> {
  const [row] = await sql.unsafe<ProjectRow[]>(`${SELECT} where name = $1`, [name], { prepare: true })
  return row ? projectOf(row) : null
}

/** Locks a project until the end of the transaction, so that it is not changed twice at once. */
export async function lockProject(tx: postgres.TransactionSql, id: string): Promise<Project | null> {
  const [row] = await tx.unsafe<ProjectRow[]>(`${SELECT} where id = $1::uuid for no key update`, [id], {
    prepare: true,
  })
  return row ? projectOf(row) : null
}

/** Makes a project; null where its name is taken. */
export async function insertProject(
  tx: postgres.TransactionSql,
  clock: Clock,
  { name, store }: Pick<Project, 'name' | 'store'>,
): Promise<Project | null> {
  const rows = await tx.unsafe<ProjectRow[]>(
    `insert into project (id, name, store, created_at) values ($1::uuid, $2, $3, $4::timestamptz)
     on conflict (name) do nothing
     returning id, name, store, extract(epoch from created_at) * 1000 as created_ms, null as archived_ms`,
    [newCallId(clock), name, store, timestamp(clock.now())],
    { prepare: true },
  )
  return rows[0] ? projectOf(rows[0]) : null
}

/** Writes what became of a project. */
export async function updateProject(tx: postgres.TransactionSql, project: Project): Promise<void> {
  const archivedAt = project.archivedAt === null ? null : timestamp(project.archivedAt)
  await tx`
    update project set name = ${project.name}, store = ${project.store}, archived_at = ${archivedAt}::timestamptz
    where id = ${project.id}::uuid`
}

/** What was done to a project, and by whom. */
export interface ProjectDeed {
  readonly action: AuditAction
  readonly by: Pick<Administrator, 'apiKeyId'>
  /** Null where it is new. */
  readonly before: Project | null
  readonly after: Project
}

export async function auditProject(tx: postgres.TransactionSql, clock: Clock, deed: ProjectDeed): Promise<void> {
  const { action, by, before, after } = deed
  await appendAudit(tx, clock, {
    action,
    subject: `project/${after.id}`,
    projectId: after.id,
    apiKeyId: by.apiKeyId,
    changes: jsonDiff(before && shown(before), shown(after)),
    comment: null,
  })
}

function shown({ name, store, archivedAt }: Project) {
  return { name, store, archivedAt: archivedAt === null ? null : timestamp(archivedAt) }
}

function projectOf(row: ProjectRow): Project {
  const { id, name, store, created_ms, archived_ms } = row
  return {
    id,
    name,
    store,
    createdAt: Number(created_ms),
    archivedAt: archived_ms === null ? null : Number(archived_ms),
  }
}
