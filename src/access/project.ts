import type postgres from 'postgres'
import { COMMAND_LINE } from '../core/administrator.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Project } from '../core/project.ts'
import type { Database } from '../database/database.ts'
import { transaction } from '../database/transaction.ts'
import { auditProject, findByName, insertProject } from './project-rows.ts'

/** Makes a project, or finds the one of that name. */
export async function createProject(database: Database, name: string, clock: Clock = systemClock): Promise<Project> {
  return (await findByName(database.sql, name)) ?? (await transaction(database.sql, (tx) => ensure(tx, name, clock)))
}

/** The same within a transaction. */
export async function ensure(tx: postgres.TransactionSql, name: string, clock: Clock): Promise<Project> {
  const made = await insertProject(tx, clock, { name, store: 'NONE' })
  if (made) await auditProject(tx, clock, { action: 'CREATE_PROJECT', by: COMMAND_LINE, before: null, after: made })
  const project = made ?? (await findByName(tx, name))
  if (!project) throw new Error(`The project "${name}" was not written`)
  return project
}

export function findProject(database: Database, name: string): Promise<Project | null> {
  return findByName(database.sql, name)
}
