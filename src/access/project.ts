import { eq } from 'drizzle-orm'
import { newCallId } from '../core/call-id.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Database } from '../database/database.ts'
import { project } from '../database/schema/project.ts'

export interface Project {
  readonly id: string
  readonly name: string
}

/** Makes a project, or finds the one of that name. */
export async function createProject(database: Database, name: string, clock: Clock = systemClock): Promise<Project> {
  const row = { id: newCallId(clock), name, createdAt: new Date(clock.now()) }
  await database.orm.insert(project).values(row).onConflictDoNothing({ target: project.name })
  const found = await findProject(database, name)
  if (!found) throw new Error(`The project "${name}" was not written`)
  return found
}

export async function findProject(database: Database, name: string): Promise<Project | null> {
  const [found] = await database.orm
    .select({ id: project.id, name: project.name })
    .from(project)
    .where(eq(project.name, name))
  return found ?? null
}
