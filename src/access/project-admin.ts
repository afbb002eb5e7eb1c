import type postgres from 'postgres'
import type { Administrator } from '../core/administrator.ts'
import type { Changed } from '../core/changed.ts'
import type { Clock } from '../core/clock.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Project, ProjectAdmin } from '../core/project.ts'
import type { Database } from '../database/database.ts'
import { patiently } from '../database/patience.ts'
import { changing } from './changing.ts'
import { NAME, NAME_ADVICE } from './name.ts'
import {
  auditProject,
  findByName,
  insertProject,
  lockProject,
  type ProjectDeed,
  readProjects,
  updateProject,
} from './project-rows.ts'

const LONGEST_WAIT_MS = 2_000

/** Makes and changes projects in the database. */
export function projectAdmin(database: Database, clock: Clock): ProjectAdmin {
  /** Changes one project, where the administrator may. A change to what it is already leaves no trace. */
  function change(by: Administrator, id: string, action: ProjectDeed['action'], make: Make): Promise<Changed<Project>> {
    return changing(database, clock, async (tx) => {
      const before = mayReach(by, id) ? await lockProject(tx, id) : null
      if (before === null) return unknown(id)
      const after = await make(before, tx)
      if (after.type !== 'done' || same(before, after.value)) return after
      await updateProject(tx, after.value)
      await auditProject(tx, clock, { action, by, before, after: after.value })
      return after
    })
  }

  return {
    page: (query) =>
      patiently(clock, LONGEST_WAIT_MS, async () => {
        const found = await readProjects(database.sql, { ...query, first: query.first + 1 })
        return { items: found.slice(0, query.first), hasNextPage: found.length > query.first }
      }),
    async create(by, { name, store }) {
      if (!NAME.test(name)) return invalid('name', NAME_ADVICE)
      return changing(database, clock, async (tx) => {
        const made = await insertProject(tx, clock, { name, store })
        if (made === null) return taken(name)
        await auditProject(tx, clock, { action: 'CREATE_PROJECT', by, before: null, after: made })
        return done(made)
      })
    },
    async update(by, id, { name, store }) {
      if (name !== undefined && !NAME.test(name)) return invalid('name', NAME_ADVICE)
      try {
        return await change(by, id, 'UPDATE_PROJECT', async (before, tx) => {
          const namesake = name === undefined ? null : await findByName(tx, name)
          if (namesake !== null && namesake.id !== id) return taken(namesake.name)
          return done({ ...before, name: name ?? before.name, store: store ?? before.store })
        })
      } catch (error) {
        // Somebody else took the name between the look and the change.
        if (name === undefined || !isDuplicate(error)) throw error
        return taken(name)
      }
    },
    async archive(by, id) {
      if (id === by.ownProjectId) return invalid('id', 'A key can not archive its own project: it would end itself.')
      return change(by, id, 'ARCHIVE_PROJECT', async (before) =>
        done({ ...before, archivedAt: before.archivedAt ?? clock.now() }),
      )
    },
    restore: (by, id) => change(by, id, 'RESTORE_PROJECT', async (before) => done({ ...before, archivedAt: null })),
  }
}

type Make = (before: Project, tx: postgres.TransactionSql) => Promise<Changed<Project>>

const UNIQUE_VIOLATION = '23505'

function isDuplicate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION
}

function mayReach({ projectId }: Administrator, id: string): boolean {
  return projectId === null || projectId === id
}

function same(before: Project, after: Project): boolean {
  return before.name === after.name && before.store === after.store && before.archivedAt === after.archivedAt
}

function done(value: Project): Changed<Project> {
  return { type: 'done', value }
}

function taken(name: string): Changed<Project> {
  return invalid('name', `There is a project "${name}" already: take another name.`)
}

function invalid(field: string, message: string): Changed<Project> {
  const issue: InputIssue = { path: [field], message }
  return { type: 'invalid', issues: [issue] }
}

function unknown(id: string): Changed<Project> {
  return { type: 'unknown', message: `There is no project ${id}.` }
}
