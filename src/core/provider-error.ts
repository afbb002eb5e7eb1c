import type { InputIssue } from './input-issue.ts'

/** Every way in which a provider fails; each has a row in the table of what is done about it. */
export const PROVIDER_ERROR_KINDS = [
  'RATE_LIMITED',
  'OVERLOADED',
  'SERVER_ERROR',
  'NETWORK',
  'FIRST_TOKEN_TIMEOUT',
  'IDLE_TIMEOUT',
  'TRUNCATED',
  'MALFORMED',
  'AUTHENTICATION',
  'BILLING',
  'NOT_FOUND',
  'INVALID_REQUEST',
  'CONTEXT_LENGTH',
  'CONTENT_REJECTED',
] as const

export type ProviderErrorKind = (typeof PROVIDER_ERROR_KINDS)[number]

export interface ProviderErrorDetails {
  readonly kind: ProviderErrorKind
  /** What the provider said, cleaned of secrets. */
  readonly message: string
  /** Absent where the failure came without a response. */
  readonly httpStatus?: number
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs?: number
  /**
   * True where asking the same model again can't help: a request larger than the limit itself, or a provider that took no
   * connection for so long that the next would only wait as long again.
   */
  readonly hopeless?: boolean
  /** The fields at fault, where they are known. */
  readonly issues?: readonly InputIssue[]
  readonly cause?: unknown
}

/** The only error that a driver throws, but for the abort of its own signal. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
  readonly kind: ProviderErrorKind
  readonly httpStatus: number | null
  readonly retryAfterMs: number | null
  readonly hopeless: boolean
  readonly issues: readonly InputIssue[]

  constructor(details: ProviderErrorDetails) {
    super(details.message, { cause: details.cause })
    this.kind = details.kind
    this.httpStatus = details.httpStatus ?? null
    this.retryAfterMs = details.retryAfterMs ?? null
    this.hopeless = details.hopeless ?? false
    this.issues = details.issues ?? []
  }
}
