import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { JsonValue } from '../../src/core/json.ts'

/** Beside the checkout, never in it: real provider traffic with the results that it stands for. */
const FOLDER = new URL('../../../shared/recordings/', import.meta.url)

/** One recorded exchange, as its manifest entry says. */
export interface Recording {
  readonly file: string
  readonly sha: string
  /** The file of the request's JSON; null where it wasn't recorded. */
  readonly request: string | null
  readonly provider: string
  readonly api: string
  readonly requestedModel: string | null
  readonly streaming: boolean
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly tags: readonly string[]
  readonly framing: string
  readonly expected: Expected
}

export interface Expected {
  readonly text?: string | null
  readonly reasoning?: string | null
  readonly tools?: readonly ExpectedTool[] | null
  readonly finish?: string | null
  readonly usage?: ExpectedUsage | null
  readonly model?: string | null
  readonly done?: boolean
  readonly error?: JsonValue
  readonly streamError?: JsonValue
  readonly notJson?: JsonValue
  readonly terminal?: string | null
  readonly blockReason?: string | null
}

export interface ExpectedTool {
  readonly id?: string | null
  readonly name: string
  readonly arguments: JsonValue
}

export interface ExpectedUsage {
  readonly input?: number | null
  readonly output?: number | null
  readonly cachedInput?: number | null
  readonly cacheWrite?: number | null
  readonly reasoning?: number | null
  readonly raw?: JsonValue
}

/** Why the recordings are not there, for the title of a suite that is left out; null where they are. */
export const recordingsAbsent: string | null = existsSync(new URL('manifest.json', FOLDER))
  ? null
  : 'no recorded traffic at ../shared/recordings'

/** Every recorded exchange; none where the recordings are absent. */
export function loadRecordings(): readonly Recording[] {
  if (recordingsAbsent !== null) return []
  const manifest: Recording[] = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8'))
  return manifest
}

/** The response body as sent. */
export function bodyOf(recording: Recording): Buffer {
  return readFileSync(fileURLToPath(new URL(recording.file, FOLDER)))
}

/** The request's JSON as recorded; null where it wasn't. */
export function requestOf(recording: Recording): JsonValue {
  if (!recording.request) return null
  const url = new URL(recording.request, FOLDER)
  return existsSync(url) ? (JSON.parse(readFileSync(url, 'utf8')) as JsonValue) : null
}

/** The expected arguments as JSON, however the manifest holds them; `null` and nothing are `{}`. */
export function argumentsOf(tool: ExpectedTool): JsonValue {
  if (typeof tool.arguments !== 'string') return tool.arguments ?? {}
  const parsed: JsonValue = tool.arguments.trim() === '' ? {} : JSON.parse(tool.arguments)
  return parsed ?? {}
}
