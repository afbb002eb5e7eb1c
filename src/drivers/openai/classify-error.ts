import type { JsonValue } from '../../core/json.ts'
import { ProviderError, type ProviderErrorKind } from '../../core/provider-error.ts'
import { retryAfterMs } from '../retry-after.ts'
import { scrub } from '../scrub.ts'
import { kindOfStatus } from '../status-kind.ts'
import { readErrorBody, type SaidError } from './error-body.ts'
import { issuesOf } from './error-issues.ts'
import { CODES, isLargerThanLimit, MESSAGES } from './error-rules.ts'

/** What a failure came with. */
export interface FailedResponse {
  /** The response's status; 200 for an error inside a stream. */
  readonly status: number
  readonly headers: Headers
  /** JSON where it was JSON, else its text. */
  readonly body: JsonValue
  /** Milliseconds since 1970. */
  readonly now: number
  readonly secrets: readonly string[]
}

const KIND_OF_CODE: ReadonlyMap<string, ProviderErrorKind> = new Map(
  CODES.flatMap(([kind, codes]) => codes.map((code) => [code, kind] as const)),
)

/** What an error of an OpenAI-like API means: by its code, then by its message, then by its status. */
export function classifyError(failed: FailedResponse): ProviderError {
  const said = readErrorBody(failed.body)
  const kind = kindOf(failed.status, said)
  const message = scrub(
    said.message === '' ? `The provider answered with status ${failed.status}.` : said.message,
    failed.secrets,
  )
  const wait = retryAfterMs(failed.headers, failed.now)
  return new ProviderError({
    kind,
    message,
    httpStatus: failed.status,
    hopeless: kind === 'RATE_LIMITED' && isLargerThanLimit(said.message),
    issues: kind === 'INVALID_REQUEST' ? issuesOf(said.param, message) : [],
    ...(wait !== undefined && failed.status >= 400 ? { retryAfterMs: wait } : {}),
  })
}

function kindOf(responseStatus: number, said: SaidError): ProviderErrorKind {
  for (const code of said.codes) {
    const kind = KIND_OF_CODE.get(code)
    if (kind !== undefined) return kind
  }
  const status = responseStatus === 200 ? (said.status ?? 200) : responseStatus
  const rule = MESSAGES.find(({ statuses, message }) => statuses.includes(status) && message.test(said.message))
  if (rule) return rule.kind
  if (status !== 200) return kindOfStatus(status)
  return said.codes.includes('invalid_request_error') ? 'INVALID_REQUEST' : 'SERVER_ERROR'
}

/** A body as JSON where it is JSON, else as text. */
export function parseBody(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text)
    return value
  } catch {
    return text
  }
}
