import { pino, stdSerializers, stdTimeFunctions } from 'pino'
import type { Logger } from '../core/telemetry.ts'
import { scrubLine } from './scrub-line.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Where lines go. Each ends with a line break. */
export interface LogDestination {
  write(line: string): void
}

export interface LoggerOptions {
  /** The least important level that is written; `info` by default. */
  readonly level?: LogLevel
  /** Standard output by default. */
  readonly destination?: LogDestination
}

/**
 * A log of JSON lines: `level`, `time` (ISO 8601), the fields, `msg`. An error goes under `err` or `error`, with its
 * stack and its causes. No secret passes, whatever field or text it stands in.
 */
export function createLogger({ level = 'info', destination = process.stdout }: LoggerOptions = {}): Logger {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: stdSerializers.errWithCause, error: stdSerializers.errWithCause },
  }
  return pino(options, { write: (line: string) => void destination.write(scrubLine(line)) })
}
