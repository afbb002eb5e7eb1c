import { join, resolve } from 'node:path'
import type { DatabaseSettings, QueryLimits, ServerSettings } from '../core/settings.ts'
import type { ServerConfig } from './define-config.ts'
import type { Environment } from './environment.ts'
import type { Problems } from './problem.ts'
import { readSection } from './read-section.ts'
import { databaseSchema, serverSchema } from './schema/server.ts'

/** What a request may ask where the configuration says nothing. */
const STANDARD_LIMITS: QueryLimits = { bodyBytes: 8 * 1024 * 1024, depth: 15, aliases: 30, tokens: 5_000, cost: 60_000 }

const STANDARD_CONNECTIONS = 10

export function resolveServer(value: unknown, environment: Environment, problems: Problems): ServerSettings {
  const config: ServerConfig = readSection(serverSchema.optional(), value, 'server', problems) ?? {}
  const { limits = {} } = config
  return {
    host: environment.host,
    port: environment.port,
    corsOrigins: config.cors?.origins ?? [],
    graphiql: config.graphiql ?? true,
    introspection: config.introspection ?? true,
    limits: {
      bodyBytes: limits.bodyBytes ?? STANDARD_LIMITS.bodyBytes,
      depth: limits.depth ?? STANDARD_LIMITS.depth,
      aliases: limits.aliases ?? STANDARD_LIMITS.aliases,
      tokens: limits.tokens ?? STANDARD_LIMITS.tokens,
      cost: limits.cost ?? STANDARD_LIMITS.cost,
    },
  }
}

export function resolveDatabase(value: unknown, environment: Environment, problems: Problems): DatabaseSettings {
  const config = readSection(databaseSchema.optional(), value, 'database', problems)
  const { databaseUrl, dataDirectory } = environment
  return databaseUrl === null
    ? { type: 'embedded', directory: dataDirectory }
    : { type: 'postgres', url: databaseUrl, connections: config?.connections ?? STANDARD_CONNECTIONS }
}

/** Where calls are kept that can't be written to the ledger while the database is away. */
export function resolveSpoolDirectory(value: unknown, environment: Environment): string {
  // What is wrong with the section is said by whoever reads all of it.
  const { data } = databaseSchema.safeParse(value)
  const { workingDirectory, dataDirectory } = environment
  return data?.spoolDirectory ? resolve(workingDirectory, data.spoolDirectory) : join(dataDirectory, 'spool')
}
