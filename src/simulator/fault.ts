/** What an unhappy provider answers instead of a success: the names are what model names ask for. */
export const REFUSALS = [
  '400',
  '401',
  '402',
  '403',
  '404',
  '408',
  '409',
  '413',
  '422',
  '429',
  '429-after',
  '429-after-ms',
  '429-date',
  '429-long',
  '429-too-large',
  '500',
  '502',
  '503',
  '504',
  '529',
  'bad-key',
  'blocked',
  'context',
  'missing-key',
  'no-credit',
  'quota',
  'unreadable',
] as const
export type RefusalName = (typeof REFUSALS)[number]

/** Statuses that a provider may tell of after it has said 200. */
export const STATUSES_INSIDE = ['error-429', 'error-500', 'error-503'] as const
export type StatusInside = (typeof STATUSES_INSIDE)[number]

/** What can go wrong with an answer. `after` counts content chunks that are sent before. */
export type Fault =
  /** An HTTP error, or (blocked, on Gemini) a refusal in a 200. `amount` is the number given with the name. */
  | { readonly type: 'refusal'; readonly name: RefusalName; readonly amount: number | null }
  /** The request is taken and never answered: not even headers. */
  | { readonly type: 'silent' }
  /** The connection is reset before anything is sent. */
  | { readonly type: 'hangup' }
  /** A page of HTML with status 200. */
  | { readonly type: 'html' }
  /** Status 200 and nothing else. */
  | { readonly type: 'empty' }
  /** The stream ends cleanly, too early. */
  | { readonly type: 'cut'; readonly after: number }
  /** The connection is reset mid-stream. */
  | { readonly type: 'reset'; readonly after: number }
  /** The stream falls silent and stays open. */
  | { readonly type: 'stall'; readonly after: number }
  /** A chunk that is no JSON, then the rest. */
  | { readonly type: 'malformed'; readonly after: number }
  /** An error event inside a 200, then the end. */
  | { readonly type: 'error'; readonly after: number }
  /** The same, said the other way where the provider has two: Responses' `response.failed`. */
  | { readonly type: 'failed'; readonly after: number }
  /** An error event that means what this status would. */
  | { readonly type: StatusInside; readonly after: number }
  /** All content, but neither a finish reason nor an end mark. */
  | { readonly type: 'no-end' }
  /** A finish reason, but no end mark. */
  | { readonly type: 'no-done' }
  /** An end mark, but no finish reason. */
  | { readonly type: 'done-only' }

/** A whole HTTP reply that is no stream. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a refusal may speak of. */
export interface RefusalContext {
  /** As the request named it. */
  readonly model: string
  /** The number given with the behaviour's name. */
  readonly amount: number | null
  readonly streaming: boolean
  /** Milliseconds since 1970. */
  readonly at: number
  readonly requestId: string
  /** The key as it may be shown. */
  readonly maskedKey: string
  /** For `unreadable` and malformed requests: what is wrong. */
  readonly detail: string | null
}
