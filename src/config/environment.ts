import { resolve } from 'node:path'
import { ConfigurationError, collectProblems, type Problems } from './problem.ts'

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What the environment says. This file alone reads it. */
export interface Environment {
  /** `PORT`: where to listen; 0 takes any free port. 4000 by default. */
  readonly port: number
  /** `HOST`: the address to listen on. By default 127.0.0.1, this machine alone; in a container write 0.0.0.0. */
  readonly host: string
  /** `DATABASE_URL`: a Postgres server, as `postgres://…`; null keeps the ledger in an embedded one. */
  readonly databaseUrl: string | null
  /** `SWITCHYARD_CONFIG`: the configuration file, absolute; null takes `switchyard.config.ts` if it exists. */
  readonly configFile: string | null
  /** `SWITCHYARD_DATA_DIR`: where the embedded Postgres lives, absolute. `.switchyard` by default. */
  readonly dataDirectory: string
  /** `SWITCHYARD_API_KEY`: the first API key, instead of one that the first start makes. */
  readonly firstApiKey: string | null
  /** `SWITCHYARD_TOKEN_SECRET`: what browser tokens are signed with, the same on all replicas. */
  readonly tokenSecret: string | null
  /** `LOG_LEVEL`: how much is logged. `info` by default. */
  readonly logLevel: LogLevel
  /** Where relative paths begin. */
  readonly workingDirectory: string
  /** The value of any variable, such as a provider's key; null where it is not set or empty. */
  variable(name: string): string | null
}

/**
 * @throws ConfigurationError naming the variables that are wrong
 */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory: string = process.cwd(),
): Environment {
  const variable = (name: string) => variables[name]?.trim() || null
  const problems = collectProblems()
  const path = (name: string) => {
    const given = variable(name)
    return given === null ? null : resolve(workingDirectory, given)
  }
  const environment: Environment = {
    port: readPort(variable('PORT'), problems),
    host: variable('HOST') ?? '127.0.0.1',
    databaseUrl: readDatabaseUrl(variable('DATABASE_URL'), problems),
    configFile: path('SWITCHYARD_CONFIG'),
    dataDirectory: path('SWITCHYARD_DATA_DIR') ?? resolve(workingDirectory, '.switchyard'),
    firstApiKey: readApiKey(variable('SWITCHYARD_API_KEY'), problems),
    tokenSecret: readTokenSecret(variable('SWITCHYARD_TOKEN_SECRET'), problems),
    logLevel: readLogLevel(variable('LOG_LEVEL'), problems),
    workingDirectory,
    variable,
  }
  if (problems.list().length > 0) throw new ConfigurationError(problems.list(), null)
  return environment
}

function readPort(text: string | null, problems: Problems): number {
  if (text === null) return 4000
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) problems.add('PORT', `write a number from 0 (any free port) to 65535, not "${text}"`)
  return port
}

function readDatabaseUrl(text: string | null, problems: Problems): string | null {
  if (text === null || (/^postgres(ql)?:\/\/./.test(text) && URL.canParse(text))) return text
  problems.add(
    'DATABASE_URL',
    'write postgres://user:password@host:5432/database, or unset it for an embedded database',
  )
  return null
}

/** Not guessed at once; printable without spaces, since it travels in a header. */
const API_KEY = /^[\x21-\x7e]{6,255}$/

function readApiKey(text: string | null, problems: Problems): string | null {
  if (text === null || API_KEY.test(text)) return text
  problems.add(
    'SWITCHYARD_API_KEY',
    'write 6 to 255 characters of ASCII without spaces, such as sy_ and 32 random letters and digits',
  )
  return null
}

/** As many as the signature has bytes (RFC 7518, section 3.2). */
const LEAST_SECRET_CHARACTERS = 32

function readTokenSecret(text: string | null, problems: Problems): string | null {
  if (text === null || text.length >= LEAST_SECRET_CHARACTERS) return text
  problems.add('SWITCHYARD_TOKEN_SECRET', `write at least ${LEAST_SECRET_CHARACTERS} random characters`)
  return null
}

function readLogLevel(text: string | null, problems: Problems): LogLevel {
  const level = LOG_LEVELS.find((known) => known === (text ?? 'info'))
  if (level === undefined) problems.add('LOG_LEVEL', `write one of ${LOG_LEVELS.join(', ')}`)
  return level ?? 'info'
}
