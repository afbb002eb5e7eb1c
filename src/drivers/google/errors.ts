import type { JsonObject, JsonValue } from '../../core/json.ts'
import { ProviderError, type ProviderErrorKind } from '../../core/provider-error.ts'
import { listOf, objectOf, textOf } from '../json-reading.ts'
import { msUntilReset } from '../reset-time.ts'
import { retryAfterMs } from '../retry-after.ts'
import { scrub } from '../scrub.ts'
import { kindOfStatus } from '../status-kind.ts'

/** What is needed to make an error of an answer. */
export interface ErrorContext {
  readonly secret: string | null
  /** Milliseconds since 1970. */
  readonly now: number
}

/** `reason` of a google.rpc.ErrorInfo, the most exact. Source: google.api.ErrorReason. */
const REASONS: Readonly<Record<string, ProviderErrorKind>> = {
  API_KEY_INVALID: 'AUTHENTICATION',
  API_KEY_EXPIRED: 'AUTHENTICATION',
  API_KEY_SERVICE_BLOCKED: 'AUTHENTICATION',
  API_KEY_HTTP_REFERRER_BLOCKED: 'AUTHENTICATION',
  API_KEY_IP_ADDRESS_BLOCKED: 'AUTHENTICATION',
  SERVICE_DISABLED: 'AUTHENTICATION',
  CONSUMER_INVALID: 'AUTHENTICATION',
  CONSUMER_SUSPENDED: 'AUTHENTICATION',
  CREDENTIALS_MISSING: 'AUTHENTICATION',
  ACCESS_TOKEN_EXPIRED: 'AUTHENTICATION',
  BILLING_DISABLED: 'BILLING',
}

/** What the API says of several things under one status. */
const MESSAGES: readonly (readonly [RegExp, ProviderErrorKind])[] = [
  [/api key (not valid|not found|expired|was reported)|user location is not supported/i, 'AUTHENTICATION'],
  [
    /exceeds? the maximum number of (input )?tokens|token count .{0,60}exceeds|context (length|window)|payload size exceeds/i,
    'CONTEXT_LENGTH',
  ],
  [/enable billing|billing account|credits? (are|is) depleted|spend(ing)? cap/i, 'BILLING'],
]

/** Source: google.rpc.Code and Google's page on errors. */
const STATUSES: Readonly<Record<string, ProviderErrorKind>> = {
  INVALID_ARGUMENT: 'INVALID_REQUEST',
  FAILED_PRECONDITION: 'INVALID_REQUEST',
  OUT_OF_RANGE: 'INVALID_REQUEST',
  UNAUTHENTICATED: 'AUTHENTICATION',
  PERMISSION_DENIED: 'AUTHENTICATION',
  NOT_FOUND: 'NOT_FOUND',
  RESOURCE_EXHAUSTED: 'RATE_LIMITED',
  UNAVAILABLE: 'OVERLOADED',
  DEADLINE_EXCEEDED: 'SERVER_ERROR',
  ABORTED: 'SERVER_ERROR',
  CANCELLED: 'SERVER_ERROR',
  INTERNAL: 'SERVER_ERROR',
  UNKNOWN: 'SERVER_ERROR',
}

/**
 * What an error says, as a response of its own or inside an answer, where `httpStatus` is 200.
 */
export function errorOf(body: JsonValue, httpStatus: number, headers: Headers, context: ErrorContext): ProviderError {
  const error = objectOf(objectOf(Array.isArray(body) ? body[0] : body).error)
  const details = listOf(error.details).map(objectOf)
  const message = textOf(error.message) ?? `The provider answered with status ${httpStatus}.`
  const kind = classify(error, details, message, httpStatus)
  const hopeless = kind === 'RATE_LIMITED' && isBeyondQuota(details, message)
  const wait = retryInfo(details, message, context.now) ?? retryAfterMs(headers, context.now)
  const waits = !hopeless && WAITING.includes(kind)
  return new ProviderError({
    kind,
    message: scrub(message, context.secret === null ? [] : [context.secret]),
    httpStatus,
    hopeless,
    ...(waits && wait !== undefined ? { retryAfterMs: wait } : {}),
  })
}

const WAITING: readonly ProviderErrorKind[] = ['RATE_LIMITED', 'OVERLOADED', 'SERVER_ERROR']

function classify(
  error: JsonObject,
  details: readonly JsonObject[],
  message: string,
  httpStatus: number,
): ProviderErrorKind {
  const reason = details.map((detail) => REASONS[textOf(detail.reason) ?? '']).find((kind) => kind !== undefined)
  const byMessage = MESSAGES.find(([pattern]) => pattern.test(message))?.[1]
  const byStatus = STATUSES[textOf(error.status) ?? ''] ?? kindOfStatus(statusOf(error, httpStatus))
  const kind = reason ?? byMessage ?? byStatus
  return kind === 'RATE_LIMITED' && !isBeyondQuota(details, message) && isOutForToday(details) ? 'BILLING' : kind
}

function statusOf(error: JsonObject, httpStatus: number): number {
  return httpStatus === 200 && typeof error.code === 'number' ? error.code : httpStatus
}

/** Whether no wait helps: the plan has nothing of this model, or the request alone is more than its quota. */
function isBeyondQuota(details: readonly JsonObject[], message: string): boolean {
  const hasNone = violationsIn(details).some(({ quotaValue }) => quotaValue === '0') || /limit: 0\b/.test(message)
  return hasNone || /more .{0,40}than the quota allows/i.test(message)
}

/** A quota by the day is used up for long; the wait that the API names beside it is that of the minute. */
function isOutForToday(details: readonly JsonObject[]): boolean {
  return violationsIn(details).some(({ quotaId }) => /PerDay/i.test(textOf(quotaId) ?? ''))
}

/** Of each google.rpc.QuotaFailure. */
function violationsIn(details: readonly JsonObject[]): readonly JsonObject[] {
  return details.flatMap((detail) => listOf(detail.violations)).map(objectOf)
}

/** google.rpc.RetryInfo, else the sentence that says the same. */
function retryInfo(details: readonly JsonObject[], message: string, now: number): number | undefined {
  const told = details.map((detail) => textOf(detail.retryDelay)).find((delay) => delay !== null)
  const said = /retry in ([\d.]+m?s)/i.exec(message)?.[1]
  return msUntilReset(told ?? said ?? null, now) ?? undefined
}
