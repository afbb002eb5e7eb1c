import { auditLog } from './access/audit-log.ts'
import { keyDirectory } from './access/key-directory.ts'
import { createCatalog } from './catalog/catalog.ts'
import { routeAdmin } from './config/published/route-admin.ts'
import { openRouteBook } from './config/published/route-book.ts'
import type { Clock, Random } from './core/clock.ts'
import type { Fetch } from './core/driver.ts'
import type { Settings } from './core/settings.ts'
import type { Logger } from './core/telemetry.ts'
import type { Database } from './database/database.ts'
import { createDriver } from './drivers/registry.ts'
import { feedback } from './ledger/feedback.ts'
import { ledgerReader } from './ledger/reader.ts'
import { ledgerWriter } from './ledger/writer.ts'
import { createGateway } from './pipeline/create-gateway.ts'
import { upstreams } from './resilience/upstreams.ts'
import { startServer } from './server/server.ts'

/** What Switchyard takes from the world around it. */
export interface World {
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  readonly logger: Logger
}

/** A replica that serves. */
export interface Switchyard {
  /** The GraphQL endpoint: `http://127.0.0.1:4000/graphql`. */
  readonly url: string
  /** Lets running calls end for up to `graceMs`, cancels the rest, writes what is settled, and stops. */
  close(graceMs: number): Promise<void>
}

/** Joins the rooms over a migrated database and opens the door. The database stays its owner's to close. */
export async function startSwitchyard(settings: Settings, database: Database, world: World): Promise<Switchyard> {
  const { clock, fetch, logger } = world
  const catalog = createCatalog(settings)
  const writer = ledgerWriter(database, { clock, logger })
  const reader = ledgerReader(database)
  const routes = await openRouteBook({ base: settings, database, clock, logger })
  const gateway = createGateway({
    ...world,
    settings,
    routes,
    drivers: new Map(settings.providers.map((provider) => [provider.name, createDriver(provider, { fetch, clock })])),
    catalog,
    upstreams: upstreams(settings.providers, clock),
    ledger: writer,
    reader,
  })
  const server = await startServer({
    settings: settings.server,
    routes,
    gateway,
    routeAdmin: routeAdmin({ base: settings, database, book: routes, clock }),
    audit: auditLog(database),
    feedback: feedback(database, clock),
    ledger: reader,
    catalog,
    keys: keyDirectory(database, clock),
    logger,
    ready: async () => {
      if (gateway.isDraining()) throw new Error('This replica is shutting down')
      await database.sql`select 1`
    },
  })
  return {
    url: server.url,
    async close(graceMs) {
      await gateway.drain(graceMs)
      await server.close()
      await writer.close()
      await routes.close()
    },
  }
}
