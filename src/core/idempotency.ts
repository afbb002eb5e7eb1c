/** Who holds an idempotency key. */
export type IdempotencyClaim =
  /** It is the caller's now: go on. */
  | { readonly type: 'claimed' }
  /** Another call holds it, under way or succeeded. */
  | { readonly type: 'held'; readonly callId: string }
  /** Another call with other input holds it. */
  | { readonly type: 'conflict'; readonly callId: string }

export interface IdempotencyRequest {
  readonly projectId: string
  readonly key: string
  /** Of the whole input, in canonical form. */
  readonly inputHash: string
  readonly callId: string
}
