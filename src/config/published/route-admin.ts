import type postgres from 'postgres'
import type { AuditAction } from '../../core/audit.ts'
import type { Clock } from '../../core/clock.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { jsonDiff } from '../../core/json-diff.ts'
import type { RouteAdmin, RouteChange, RouteDraft, RouteToPublish, RouteVersion } from '../../core/route-admin.ts'
import type { RouteSettings } from '../../core/settings.ts'
import { LedgerUnavailable } from '../../core/unavailable.ts'
import { appendAudit } from '../../database/audit.ts'
import type { Database } from '../../database/database.ts'
import { failureOf } from '../../database/failure.ts'
import { bounded, patiently } from '../../database/patience.ts'
import { transaction } from '../../database/transaction.ts'
import { ROUTE_NAME } from '../resolve-routes.ts'
import { type BaseSettings, namersOf, readOne, readStored, replaced } from './read-published.ts'
import type { LiveRouteBook } from './route-book.ts'
import { shownRoute } from './shown-route.ts'
import { addVersion, lockRoutes, putInForce, readInForce, readVersions, versionInForce } from './stored-routes.ts'

export interface RouteAdminParts {
  readonly base: BaseSettings
  readonly database: Database
  readonly book: LiveRouteBook
  readonly clock: Clock
}

/** Longer than the short waits that a busy database asks for, and short enough for whoever waits. */
const LONGEST_WAIT_MS = 5_000
const LARGEST_CONFIG = 100_000
/** As many as a column of the database can count. */
const LAST_VERSION = 2 ** 31 - 1

/** Changes routes in the database, one change at a time, each checked, written down and told to all replicas. */
export function routeAdmin({ base, database, book, clock }: RouteAdminParts): RouteAdmin {
  const fileRoute = (name: string) => base.routes.find((route) => route.name === name) ?? null

  /** A change is only refused before anything is written, so what returns is committed as it is. */
  async function change(work: (tx: postgres.TransactionSql, before: Before) => Promise<RouteChange>) {
    const changed = await once(async (tx) => {
      await lockRoutes(tx)
      const { routes } = readStored(base, await readInForce(tx))
      return await work(tx, { routes })
    })
    if (changed.type === 'inForce') await book.refresh()
    return changed
  }

  /** Not repeated where its commit is unknown: it would be done twice. */
  async function once(work: (tx: postgres.TransactionSql) => Promise<RouteChange>): Promise<RouteChange> {
    try {
      return await bounded(clock, LONGEST_WAIT_MS, transaction(database.sql, work))
    } catch (error) {
      if (failureOf(error) !== 'away') throw error
      throw new LedgerUnavailable('The database is away', { cause: error })
    }
  }

  async function putAndRecord(tx: postgres.TransactionSql, entry: Entry): Promise<RouteChange> {
    const { name, version, before, after, action, apiKeyId, comment } = entry
    await putInForce(tx, name, version)
    await appendAudit(tx, clock, {
      action,
      subject: `route/${name}`,
      projectId: null,
      apiKeyId,
      changes: [
        ...jsonDiff({ version: entry.versionBefore }, { version }),
        ...jsonDiff(shownRoute(before), shownRoute(after)),
      ],
      comment,
    })
    const [stored] = version === 0 ? [] : await readVersions(tx, { name, first: 1, before: version + 1 })
    return { type: 'inForce', version: stored ?? fileVersion(name, 'inForce') }
  }

  async function publish(tx: postgres.TransactionSql, { routes }: Before, input: RouteToPublish, apiKeyId: string) {
    const { name, comment, basedOn } = input
    const { route, issues } = readOne(base, routes, input)
    const versionBefore = await versionInForce(tx, name)
    const found = [...issues.map(under('config')), ...staleness(basedOn, versionBefore)]
    if (route === null || found.length > 0) return invalid(found)
    const version = await addVersion(tx, {
      name,
      config: JSON.stringify(input.config),
      comment,
      apiKeyId,
      now: clock.now(),
    })
    const before = routes.find((each) => each.name === name) ?? null
    const action = 'PUBLISH_ROUTE'
    return putAndRecord(tx, { name, version, versionBefore, before, after: route, action, apiKeyId, comment })
  }

  return {
    async publish(input, apiKeyId) {
      if (!ROUTE_NAME.test(input.name)) return invalid([NAME_ISSUE])
      const size = JSON.stringify(input.config)?.length ?? 0
      if (size > LARGEST_CONFIG) {
        return invalid([{ path: ['config'], message: `write at most ${LARGEST_CONFIG} characters of JSON` }])
      }
      return change((tx, before) => publish(tx, before, input, apiKeyId))
    },
    rollBack: ({ name, version, comment }, apiKeyId) =>
      change(async (tx, { routes }) => {
        const target = await stored(tx, name, version)
        if (target === null) return noSuchVersion(name, version)
        const read = target === 'file' ? fileDraft(name, routes) : draftOf(routes, name, target.config)
        if (read.type === 'invalid') return invalid(read.issues)
        const entry = {
          name,
          version,
          versionBefore: await versionInForce(tx, name),
          before: routes.find((each) => each.name === name) ?? null,
          after: read.route,
          action: 'ROLLBACK_ROUTE' as const,
          apiKeyId,
          comment,
        }
        return putAndRecord(tx, entry)
      }),
    versions: (name, first, before) =>
      patiently(clock, LONGEST_WAIT_MS, async () => {
        const top = before ?? Number.MAX_SAFE_INTEGER
        const published = await readVersions(database.sql, { name, first, before: Math.min(top, LAST_VERSION) })
        const room = published.length < first && top > 0 && fileRoute(name) !== null
        if (!room) return published
        const isInForce = (await versionInForce(database.sql, name)) === 0
        return [...published, fileVersion(name, isInForce ? 'inForce' : 'replaced')]
      }),
    draft: (name, config) => draftOf(book.current().routes, name, config),
    async draftOfVersion(name, version): Promise<RouteDraft> {
      const target = await patiently(clock, LONGEST_WAIT_MS, () => stored(database.sql, name, version))
      if (target === null) return noSuchVersion(name, version)
      const { routes } = book.current()
      if (target !== 'file') return draftOf(routes, name, target.config)
      const route = fileRoute(name)
      return route === null ? noSuchVersion(name, version) : { type: 'route', route, routes: replaced(routes, route) }
    },
  }

  function draftOf(routes: readonly RouteSettings[], name: string, config: unknown) {
    const { route, issues } = readOne(base, routes, { name, config })
    if (route === null || issues.length > 0) return { type: 'invalid' as const, issues }
    return { type: 'route' as const, route, routes: replaced(routes, route) }
  }

  /** The configuration file's word in force again; where it has none, nobody may need the route any more. */
  function fileDraft(name: string, routes: readonly RouteSettings[]) {
    const route = fileRoute(name)
    const namers = route === null ? namersOf(name, routes) : []
    if (namers.length === 0) return { type: 'route' as const, route }
    const message = `the configuration file has no route "${name}", and ${namers.join(', ')} name it as a target`
    return { type: 'invalid' as const, issues: [{ path: ['version'], message }] }
  }

  /** A published version, or the word that the configuration file's is meant; null where there is none. */
  async function stored(sql: postgres.Sql | postgres.TransactionSql, name: string, version: number) {
    const before = version === 0 ? LAST_VERSION : Math.min(version + 1, LAST_VERSION)
    const [found] = await readVersions(sql, { name, first: 1, before })
    if (version === 0) return found !== undefined || fileRoute(name) !== null ? 'file' : null
    return found?.version === version ? found : null
  }
}

interface Before {
  /** All routes in force. */
  readonly routes: readonly RouteSettings[]
}

interface Entry {
  readonly name: string
  readonly version: number
  readonly versionBefore: number
  readonly before: RouteSettings | null
  readonly after: RouteSettings | null
  readonly action: AuditAction
  readonly apiKeyId: string
  readonly comment: string | null
}

function fileVersion(name: string, standing: 'inForce' | 'replaced'): RouteVersion {
  const nothing = { config: null, comment: null, publishedAt: null, publisher: null }
  return { name, version: 0, inForce: standing === 'inForce', ...nothing }
}

function under(key: string): (issue: InputIssue) => InputIssue {
  return ({ path, message }) => ({ path: [key, ...path], message })
}

function staleness(basedOn: number | null, inForce: number): readonly InputIssue[] {
  if (basedOn === null || basedOn === inForce) return []
  return [{ path: ['basedOn'], message: `version ${inForce} is in force by now: look at it and publish again` }]
}

const NAME_ISSUE: InputIssue = {
  path: ['name'],
  message: 'name a route with at most 64 characters, without slashes and spaces: a slash makes it a model',
}

function invalid(issues: readonly InputIssue[]) {
  return { type: 'invalid' as const, issues }
}

function noSuchVersion(name: string, version: number) {
  return { type: 'unknown' as const, message: `There is no version ${version} of a route "${name}".` }
}
