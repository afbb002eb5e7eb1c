import type { JsonValue } from '../core/json.ts'
import type { EmbeddingWireName, WireName } from './ask.ts'

/** One request to a provider's API, as `GET /_log` shows it. */
export interface LogEntry {
  /** Counts from 1 since the start or the last reset. */
  readonly number: number
  /** When it arrived (ISO 8601). */
  readonly time: string
  readonly wire: WireName | EmbeddingWireName | 'models'
  /** Without the query, which may hold a key. */
  readonly path: string
  /** As the request named it, behaviours included. */
  readonly model: string
  readonly streaming: boolean
  /** The key, masked; null where the request had none. */
  readonly key: string | null
  /** The request's JSON; null for `fast` models and where it was no JSON. */
  readonly body: JsonValue
  /** The fault that struck; null where all was well. */
  fault: string | null
  /** Null while, or where, none was sent. */
  status: number | null
  /** Content chunks sent. */
  chunks: number
  /** True once the exchange is over, however it ended. */
  done: boolean
  /** When the client closed the connection before the answer was complete, in ms after the arrival; null where it did not. */
  clientClosedAfterMs: number | null
  /** From the arrival to the end; null while it is under way. */
  durationMs: number | null
}

export interface RequestLog {
  add(entry: Omit<LogEntry, 'number'>): LogEntry
  /** Oldest first. */
  entries(): readonly LogEntry[]
  clear(): void
}

/** So many of the latest requests are kept. */
const KEPT = 10_000

export function createRequestLog(): RequestLog {
  let entries: LogEntry[] = []
  let number = 0
  return {
    add(entry) {
      number += 1
      const numbered = { number, ...entry }
      entries.push(numbered)
      if (entries.length >= 2 * KEPT) entries = entries.slice(-KEPT)
      return numbered
    },
    entries: () => entries.slice(-KEPT),
    clear() {
      entries = []
      number = 0
    },
  }
}
