import type postgres from 'postgres'
import type { Administrator } from '../core/administrator.ts'
import type { ApiKey, ApiKeySettings, KeyAdmin } from '../core/api-key.ts'
import { newCallId } from '../core/call-id.ts'
import type { Changed } from '../core/changed.ts'
import type { Clock } from '../core/clock.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Database } from '../database/database.ts'
import { patiently } from '../database/patience.ts'
import { changing } from './changing.ts'
import { closed, grantIssues, type KnownNames, keyIssues } from './check-key.ts'
import { auditKey, type KeyDeed, lockKey, readKeys, updateKey } from './key-rows.ts'
import { makeKey } from './make-key.ts'
import { lockProject } from './project-rows.ts'
import { rotated } from './rotate-key.ts'

const LONGEST_WAIT_MS = 2_000

/** Makes and changes keys in the database. */
export function keyAdmin(database: Database, clock: Clock, known: KnownNames): KeyAdmin {
  /** Carries out work on a key that the administrator may touch. */
  function withKey<T>(by: Administrator, id: string, work: WorkOnKey<T>): Promise<Changed<T>> {
    return changing(database, clock, async (tx) => {
      const key = await lockKey(tx, id)
      if (key === null || (by.projectId !== null && by.projectId !== key.projectId)) {
        return { type: 'unknown', message: `There is no API key ${id}.` }
      }
      if (key.scopes.includes('operator') && !by.scopes.includes('operator')) return invalid([OPERATORS])
      return work(tx, key)
    })
  }

  async function put(tx: postgres.TransactionSql, deed: KeyDeed): Promise<Changed<ApiKey>> {
    await updateKey(tx, deed.after)
    await auditKey(tx, clock, deed)
    return { type: 'done', value: deed.after }
  }

  return {
    page: (query) =>
      patiently(clock, LONGEST_WAIT_MS, async () => {
        const found = await readKeys(database.sql, { ...query, first: query.first + 1 })
        return { items: found.slice(0, query.first), hasNextPage: found.length > query.first }
      }),
    async create(by, projectId, settings) {
      const wanted = closed(settings)
      const issues = [...keyIssues(settings, known, clock.now()), ...grantIssues(by, wanted)]
      if (issues.length > 0) return invalid(issues)
      return changing(database, clock, async (tx) => {
        const isReached = by.projectId === null || by.projectId === projectId
        const project = isReached ? await lockProject(tx, projectId) : null
        if (project === null) return { type: 'unknown', message: `There is no project ${projectId}.` }
        const made = await makeKey(tx, clock, { ...wanted, id: newCallId(clock), project })
        await auditKey(tx, clock, {
          action: 'CREATE_API_KEY',
          apiKeyId: by.apiKeyId,
          before: null,
          after: made.key,
        })
        return { type: 'done', value: made }
      })
    },
    update: (by, id, change) =>
      withKey(by, id, async (tx, before) => {
        const after = closed({ ...before, ...change })
        const issues = [...keyIssues(change, known, clock.now()), ...grantIssues(by, granted(before, after))]
        if (issues.length > 0) return invalid(issues)
        return put(tx, { action: 'UPDATE_API_KEY', apiKeyId: by.apiKeyId, before, after })
      }),
    rotate: (by, id, overlapMs) => withKey(by, id, (tx, key) => rotated(tx, clock, { by, key, overlapMs })),
    revoke: (by, id) =>
      withKey(by, id, async (tx, before) => {
        if (before.revokedAt !== null) return { type: 'done', value: before }
        const after = { ...before, revokedAt: clock.now() }
        return put(tx, { action: 'REVOKE_API_KEY', apiKeyId: by.apiKeyId, before, after })
      }),
  }
}

type WorkOnKey<T> = (tx: postgres.TransactionSql, key: ApiKey) => Promise<Changed<T>>

/** What a change gives: scopes that the key has already are given by nobody. */
function granted(before: ApiKey, after: ApiKey): Pick<ApiKeySettings, 'scopes' | 'allowedModels' | 'allowedRoutes'> {
  return { ...after, scopes: after.scopes.filter((scope) => !before.scopes.includes(scope)) }
}

const OPERATORS: InputIssue = {
  path: ['id'],
  message: 'This key has the scope "operator": only a key that has it too can change it.',
}

function invalid(issues: readonly InputIssue[]): { readonly type: 'invalid'; readonly issues: readonly InputIssue[] } {
  return { type: 'invalid', issues }
}
