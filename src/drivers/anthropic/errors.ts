import { APIError } from '@anthropic-ai/sdk'
import type { JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { ProviderError, type ProviderErrorKind } from '../../core/provider-error.ts'
import { asNetworkError } from '../network-error.ts'
import { retryAfterMs } from '../retry-after.ts'
import { scrub } from '../scrub.ts'
import { kindOfStatus } from '../status-kind.ts'

/** What an error says that is to be classified. */
interface Said {
  readonly type: string
  readonly code: string
  readonly message: string
}

/** What is needed to make an error of an answer. */
export interface ErrorContext {
  readonly secret: string | null
  /** Milliseconds since 1970. */
  readonly now: number
}

/** `error.details.error_code`, which is the most exact. Source: the error codes in the SDK's types. */
const CODES: Readonly<Record<string, ProviderErrorKind>> = {
  contract_spend_limit_reached: 'BILLING',
  enforced_spend_limit_reached: 'BILLING',
  linked_organization_billing_unavailable: 'BILLING',
  linked_organization_spend_limit_reached: 'BILLING',
  organization_on_hold: 'AUTHENTICATION',
}

/** What the API says of several things under one type, mostly `invalid_request_error`. */
const MESSAGES: readonly (readonly [RegExp, ProviderErrorKind])[] = [
  [/credit balance is too low|plans & billing|reached your specified .*usage limit/i, 'BILLING'],
  [
    /prompt is too long|exceeds? .{0,60}context (window|limit|length)|exceeds? context (window|limit|length)/i,
    'CONTEXT_LENGTH',
  ],
  [/blocked by content filtering|content polic(y|ies)|usage polic(y|ies)/i, 'CONTENT_REJECTED'],
]

/** The types that say more than a status. Source: Anthropic's page on errors. */
const TYPES: Readonly<Record<string, ProviderErrorKind>> = {
  authentication_error: 'AUTHENTICATION',
  permission_error: 'AUTHENTICATION',
  billing_error: 'BILLING',
  not_found_error: 'NOT_FOUND',
  request_too_large: 'CONTEXT_LENGTH',
  rate_limit_error: 'RATE_LIMITED',
  timeout_error: 'SERVER_ERROR',
  api_error: 'SERVER_ERROR',
  overloaded_error: 'OVERLOADED',
}

/** The type of whatever is wrong with a request, which a status may tell closer; in a stream there is none. */
const GENERIC = 'invalid_request_error'

/** No wait makes these fit: a request larger than a limit as a whole, or than the plan's largest context. */
const NEVER_FITS =
  /(request|prompt|input).{0,40}(larger|more|greater) than .{0,40}(limit|per minute)|extra usage is required for long context/i

/**
 * What the SDK threw before there was an answer.
 * @throws the signal's reason where the request was aborted
 */
export function asProviderError(error: unknown, signal: AbortSignal, context: ErrorContext): ProviderError {
  signal.throwIfAborted()
  if (!(error instanceof APIError) || typeof error.status !== 'number') return asNetworkError(error, signal)
  const body: JsonValue = isJsonObject(error.error) ? error.error : null
  const fallback = `The provider answered with status ${error.status}.`
  return errorOf(body, fallback, error.status, error.headers ?? new Headers(), context, error)
}

/** What an error object in a successful response says, in the stream or in its place. */
export function errorInAnswer(body: JsonValue, headers: Headers, context: ErrorContext): ProviderError {
  return errorOf(body, 'The provider sent an error without a message.', 200, headers, context)
}

function errorOf(
  body: JsonValue,
  fallback: string,
  httpStatus: number,
  headers: Headers,
  context: ErrorContext,
  cause?: unknown,
): ProviderError {
  const said = read(body, fallback)
  const kind = classify(said, httpStatus)
  const hopeless = kind === 'RATE_LIMITED' && NEVER_FITS.test(said.message)
  const wait = retryAfterMs(headers, context.now)
  const waits = !hopeless && WAITING.includes(kind)
  return new ProviderError({
    kind,
    message: scrub(said.message, context.secret === null ? [] : [context.secret]),
    httpStatus,
    ...(waits && wait !== undefined ? { retryAfterMs: wait } : {}),
    hopeless,
    cause,
  })
}

const WAITING: readonly ProviderErrorKind[] = ['RATE_LIMITED', 'OVERLOADED', 'SERVER_ERROR']

function classify({ type, code, message }: Said, status: number): ProviderErrorKind {
  const byMessage = MESSAGES.find(([pattern]) => pattern.test(message))?.[1]
  const byStatus = status === 200 ? 'SERVER_ERROR' : kindOfStatus(status)
  const byType = TYPES[type] ?? (type === GENERIC && status === 200 ? 'INVALID_REQUEST' : byStatus)
  return CODES[code] ?? byMessage ?? byType
}

function read(body: JsonValue, fallback: string): Said {
  const error = isJsonObject(body) && isJsonObject(body.error) ? body.error : body
  const fields = isJsonObject(error) ? error : {}
  const details = isJsonObject(fields.details) ? fields.details : {}
  return { type: text(fields.type), code: text(details.error_code), message: text(fields.message) || fallback }
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
