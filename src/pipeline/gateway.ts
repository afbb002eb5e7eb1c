import type { CallError } from '../core/call-error.ts'
import type { Caller } from '../core/caller.ts'
import type { Completion } from '../core/completion.ts'
import type { CompletionInput } from '../core/completion-input.ts'
import type { EmbedInput } from '../core/embed-input.ts'
import type { Embedding } from '../core/embedding.ts'
import type { NumberedEvent } from '../core/events.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { CircuitHealth, ProviderHealth } from '../core/provider-health.ts'
import type { ReplayQuery, ReplayReport } from '../core/replay.ts'
import type { RoutePlan } from '../core/routing.ts'

/** One request at the door. */
export interface Incoming {
  readonly input: CompletionInput
  /** Null where the request has no valid API key. */
  readonly caller: Caller | null
}

/** One request for vectors at the door. */
export interface IncomingTexts {
  readonly input: EmbedInput
  /** Null where the request has no valid API key. */
  readonly caller: Caller | null
}

interface FailedCall {
  readonly type: 'failed'
  readonly callId: string
  readonly error: CallError
}

/** How a call ended. */
export type CallResult = { readonly type: 'completed'; readonly completion: Completion } | FailedCall

/** How a call for vectors ended. */
export type EmbedCallResult = { readonly type: 'embedded'; readonly embedding: Embedding } | FailedCall

export type Explanation =
  | { readonly type: 'plan'; readonly plan: RoutePlan }
  | { readonly type: 'invalid'; readonly issues: readonly InputIssue[] }
  | { readonly type: 'notAuthorized'; readonly message: string }

/** What the graph asks of the pipeline. */
export interface Gateway {
  /**
   * Runs one completion and folds its events, or joins the call that its idempotency key names.
   * @param signal aborted when the client goes away; the call is cancelled when nobody listens any more
   * @throws LedgerUnavailable where the database is away
   */
  complete(incoming: Incoming, signal: AbortSignal): Promise<CallResult>
  /**
   * Turns texts into vectors, the same way as a completion goes.
   * @param signal aborted when the client goes away; the call is then cancelled
   * @throws LedgerUnavailable where the database is away
   */
  embed(incoming: IncomingTexts, signal: AbortSignal): Promise<EmbedCallResult>
  /**
   * A completion as a stream. Leaving it (`return()`) counts as going away; that takes effect at once, also while a
   * `next()` is pending.
   */
  stream(incoming: Incoming): AsyncIterableIterator<NumberedEvent>
  /** A call under way or ended, from behind event number `after` on. */
  join(caller: Caller | null, callId: string, after: number): AsyncIterableIterator<NumberedEvent>
  /** Stops a call under way and resolves when it is settled; at once where it has ended or is not known here. */
  cancel(caller: Caller, callId: string): Promise<void>
  /** Where a request would go, without sending it. */
  explain(caller: Caller, input: CompletionInput): Promise<Explanation>
  /** Every configured provider, as measured in this process. */
  health(): readonly ProviderHealth[]
  /** A provider's models by key, as measured in this process: those that are not closed or were asked lately. */
  circuits(provider: string): readonly CircuitHealth[]
  /**
   * The same as it changes: first of every provider as it is now, then of each whose circuit changes, at once, or whose
   * error rate or times to first token do, at most once a second. Leaving it (`return()`) takes effect at once.
   */
  followHealth(): AsyncIterableIterator<ProviderHealth>
  /** What ended calls would have cost and where they would have gone under another policy. Sends nothing. */
  replay(caller: Caller, query: ReplayQuery): Promise<ReplayReport>
}
