import { accessAdmin } from './access/access-admin.ts'
import { auditLog } from './access/audit-log.ts'
import type { KnownNames } from './access/check-key.ts'
import { keyDirectory } from './access/key-directory.ts'
import { tokenSecret } from './access/token-secret.ts'
import { createCatalog } from './catalog/catalog.ts'
import { routeAdmin } from './config/published/route-admin.ts'
import { openRouteBook } from './config/published/route-book.ts'
import type { Clock, Random } from './core/clock.ts'
import type { Fetch } from './core/driver.ts'
import type { RouteBook } from './core/route-book.ts'
import type { DatabaseSettings, Settings } from './core/settings.ts'
import type { Logger } from './core/telemetry.ts'
import type { Database } from './database/database.ts'
import { createDriver } from './drivers/registry.ts'
import { feedback } from './ledger/feedback/feedback.ts'
import { payloadArchive } from './ledger/payload/payload-archive.ts'
import { payloadWriter } from './ledger/payload/payload-writer.ts'
import { quotaAdmin } from './ledger/quota/quota-changes.ts'
import { quotaEventFeed } from './ledger/quota/quota-event-feed.ts'
import { ledgerReader } from './ledger/reader.ts'
import { usageSignals } from './ledger/ticks/usage-signals.ts'
import { usageTicks } from './ledger/ticks/usage-ticks.ts'
import { ledgerWriter } from './ledger/writer.ts'
import { createGateway } from './pipeline/create-gateway.ts'
import { upstreams } from './resilience/upstreams.ts'
import { startServer } from './server/server.ts'
import { startCourier } from './webhooks/courier.ts'

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
  const { spoolDirectory, retention } = settings
  const writer = ledgerWriter(database, { clock, logger, spoolDirectory, retention })
  const reader = ledgerReader(database)
  const payloads = payloadWriter(database, { clock, logger })
  const signals = usageSignals(database, clock)
  const ticks = usageTicks({ ledger: reader, signals, clock })
  const routes = await openRouteBook({ base: settings, database, clock, logger })
  const quotaEvents = quotaEventFeed({ database, clock, logger })
  const stopWebhooks = startCourier({ webhooks: settings.webhooks, ...world, database })
  const gateway = createGateway({
    ...world,
    settings,
    routes,
    drivers: new Map(settings.providers.map((provider) => [provider.name, createDriver(provider, { fetch, clock })])),
    catalog,
    upstreams: upstreams(settings.providers, clock),
    ledger: writer,
    reader,
    payloads,
    usageChanged: signals.changed,
  })
  const known = knownNames(settings, routes)
  const tokens = tokenSecret(settings.tokenSecret, directoryOf(settings.database))
  const server = await startServer({
    settings: settings.server,
    routes,
    gateway,
    routeAdmin: routeAdmin({ base: settings, database, book: routes, clock }),
    audit: auditLog(database),
    feedback: feedback(database, clock),
    quotaAdmin: quotaAdmin({ database, clock, isRoute: known.hasRoute }),
    quotaEvents,
    ledger: reader,
    payloads: payloadArchive(database, clock, payloads),
    usageTicks: ticks,
    catalog,
    keys: keyDirectory(database, clock, tokens),
    access: accessAdmin({ database, clock, known, tokens }),
    logger,
    ready: async () => {
      if (gateway.isDraining()) throw new Error('This replica is shutting down')
      await database.sql`select 1`
    },
  })
  return {
    url: server.url,
    async close(graceMs) {
      ticks.close()
      await quotaEvents.close()
      await gateway.drain(graceMs)
      await server.close()
      await writer.close()
      await stopWebhooks()
      await payloads.close()
      signals.close()
      await routes.close()
    },
  }
}

/** Where an embedded database keeps its files; null where the database is a server. */
function directoryOf(settings: DatabaseSettings): string | null {
  return settings.type === 'embedded' ? settings.directory : null
}

/** What a key can be allowed to ask for. */
function knownNames({ providers }: Settings, routes: RouteBook): KnownNames {
  return {
    hasProvider: (name) => providers.some((provider) => provider.name === name),
    hasRoute: (name) => routes.current().routes.some((route) => route.name === name),
  }
}
