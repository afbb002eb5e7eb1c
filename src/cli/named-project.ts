import { findProject } from '../access/project.ts'
import type { Database } from '../database/database.ts'
import { UserError } from './user-error.ts'

/**
 * The id of the project of this name.
 * @throws UserError where there is none
 */
export async function namedProject(database: Database, name: string): Promise<string> {
  const found = await findProject(database, name)
  if (!found) throw new UserError(`There is no project "${name}".`)
  return found.id
}
