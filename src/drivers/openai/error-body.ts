import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { objectOf, textOf } from '../json-reading.ts'

/** What an error's body says, whatever its shape. */
export interface SaidError {
  /** Codes and types, in lower case, the most telling first. */
  readonly codes: readonly string[]
  /** A status told in the body, where it differs from the response's own (errors inside a 200). */
  readonly status: number | null
  readonly message: string
  /** The request's field at fault, as the provider names it. */
  readonly param: string | null
}

/**
 * Reads the shapes there are: `{error: {message, type, code, param}}` (OpenAI), `{error: "…", code}` (xAI, Ollama),
 * `{message, detail, type, code}` (Mistral), `{detail}` (FastAPI servers), `[{error}]` (Google), `{error: {metadata: {raw}}}`
 * (OpenRouter), `{error: {innererror}}` (Azure).
 */
export function readErrorBody(body: JsonValue): SaidError {
  const outer = objectOf(Array.isArray(body) ? body[0] : body)
  const error = isJsonObject(outer.error) ? outer.error : outer
  const inner = objectOf(error.innererror)
  const metadata = objectOf(error.metadata)
  const codes = [inner.code, error.code, error.type, error.status, outer.code, outer.type]
  return {
    codes: codes.flatMap((code) => (typeof code === 'string' ? [code.toLowerCase()] : [])),
    status: statusIn(error) ?? statusIn(outer),
    message: messageIn(body, outer, error, metadata),
    param: textOf(error.param),
  }
}

function messageIn(body: JsonValue, outer: JsonObject, error: JsonObject, metadata: JsonObject): string {
  const said = [error.message, outer.error, outer.message, error.detail, outer.detail, body]
    .map(plain)
    .find((text) => text !== '')
  const raw = plain(metadata.raw)
  const reasons = Array.isArray(metadata.reasons) ? `reasons: ${metadata.reasons.join(', ')}` : ''
  return [said ?? '', raw, reasons].filter((part) => part !== '').join(' | ')
}

/** Text as it is; HTML as what its title says; anything else that says something as JSON. */
function plain(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') return JSON.stringify(value) === '{}' ? '' : JSON.stringify(value)
  if (!/^\s*<(!doctype|html|\?xml)/i.test(value)) return value.trim()
  return /<title>([^<]*)<\/title>/i.exec(value)?.[1]?.trim() ?? 'an HTML page'
}

function statusIn(error: JsonObject): number | null {
  for (const value of [error.status_code, error.code, error.status]) {
    const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
    if (typeof status === 'number' && status >= 400 && status < 600) return status
  }
  return null
}
