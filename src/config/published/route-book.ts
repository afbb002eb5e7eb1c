import type { Clock } from '../../core/clock.ts'
import { type RouteBook, type RoutesInForce, routesInForce } from '../../core/route-book.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { Database } from '../../database/database.ts'
import { type BaseSettings, readStored } from './read-published.ts'
import { ROUTES_CHANNEL, readFingerprint, readInForce } from './stored-routes.ts'

/** The routes in force, kept up to date. */
export interface LiveRouteBook extends RouteBook {
  /** Looks at once whether anything has changed. */
  refresh(): Promise<void>
  close(): Promise<void>
}

export interface RouteBookParts {
  readonly base: BaseSettings
  readonly database: Database
  readonly clock: Clock
  readonly logger: Logger
}

/** How often the database is asked, in milliseconds: what holds where its notices don't come through. */
const EVERY_MS = 700

/**
 * Reads the routes that were published, and again whenever one changes: as soon as the database server tells, and at
 * least every 0.7 seconds. While the database is away, what was known last holds.
 */
export async function openRouteBook({ base, database, clock, logger }: RouteBookParts): Promise<LiveRouteBook> {
  let fingerprint = ''
  let current: RoutesInForce = routesInForce(base.routes)
  let looking: Promise<void> | null = null
  let closed = false
  let isAway = false

  async function look(): Promise<void> {
    const now = await readFingerprint(database.sql)
    if (now === fingerprint) return
    const { routes, versions, problems } = readStored(base, await readInForce(database.sql))
    for (const [name, found] of problems) {
      logger.warn({ route: name, problems: found }, 'A published route does not fit the configuration file any more')
    }
    current = routesInForce(routes, versions)
    // What was read last may be newer than this; then the next look reads once more.
    fingerprint = now
  }

  async function refresh(): Promise<void> {
    // What a look under way has read may be older than what its caller knows of.
    await looking?.catch(() => {})
    looking ??= look().finally(() => {
      looking = null
    })
    await looking
  }

  /** Once for each time that the database is away: it is asked often. */
  async function refreshOrWarn(): Promise<void> {
    try {
      await refresh()
      isAway = false
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (!closed && !isAway)
        logger.warn({ error: message }, 'Published routes could not be read; those known last hold')
      isAway = true
    }
  }

  await look()
  let cancel = clock.after(EVERY_MS, tick)
  function tick(): void {
    refreshOrWarn().then(() => {
      if (!closed) cancel = clock.after(EVERY_MS, tick)
    })
  }
  const stopListening = await database.listen(ROUTES_CHANNEL, () => void refreshOrWarn())

  return {
    current: () => current,
    refresh: refreshOrWarn,
    async close() {
      closed = true
      cancel()
      await stopListening()
      await looking?.catch(() => {})
    },
  }
}
