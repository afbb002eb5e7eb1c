import type { Caller } from '../core/caller.ts'
import type { LengthLimit } from '../core/completion.ts'
import type { OutputSpec } from '../core/conversation.ts'
import type { Driver, DriverRequest, EmbeddingDriver, EmbeddingRequest } from '../core/driver.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Reservation, UsageBound } from '../core/quota.ts'
import type { CompletionRequest } from '../core/request.ts'
import type { ModelRef, RoutePlan, UsedVersion } from '../core/routing.ts'
import type { RouteDefaults, Timeouts } from '../core/settings.ts'
import type { KnownTarget } from '../routing/resolve-target.ts'
import type { CallAbort } from './call-abort.ts'
import type { CheckedInput } from './validate/check-input.ts'

/** A request at the door, given its id. */
export interface IncomingCall {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** By the monotonic clock. */
  readonly startedAt: number
  /** Null where the request has no valid API key. */
  readonly caller: Caller | null
  readonly checked: CheckedInput
  /** Whether its events reach the client as they come or folded at the end. */
  readonly delivery: 'stream' | 'unary'
  /** Aborted with a `CallAbort`. */
  readonly signal: AbortSignal
  abort(reason: CallAbort): void
}

/** A call that is allowed and asks for something that exists. */
export interface ValidCall extends Omit<IncomingCall, 'caller' | 'checked'>, Plannable {
  readonly caller: Caller
}

/** A call that has its row and its reservations. */
export interface AdmittedCall extends ValidCall {
  readonly reservations: readonly Reservation[]
  /** What it would have reserved at best. */
  readonly bound: UsageBound
  /** More input tokens than any provider counts for it. */
  readonly inputMost: number
}

/** A call of which is known who may answer it, in which order and under which rules. */
export interface RoutedCall extends AdmittedCall {
  readonly plan: RoutePlan
  /** The route's rules with the caller's overrides. */
  readonly rules: RouteDefaults
}

/** One request to one provider. */
export interface AttemptCall {
  readonly ref: ModelRef
  readonly ask: ProviderAsk
  readonly timeouts: Timeouts
  /** What ends its answer, should it grow too long. */
  readonly lengthLimit: LengthLimit
  readonly signal: AbortSignal
}

/** What a provider is asked, and the driver that can ask it. */
export type ProviderAsk =
  | {
      readonly type: 'completion'
      readonly driver: Driver
      readonly request: DriverRequest
      readonly output: OutputSpec
    }
  | { readonly type: 'embedding'; readonly driver: EmbeddingDriver; readonly request: EmbeddingRequest }

/** A valid request, as far as its plan depends on it. */
export interface Plannable {
  readonly request: CompletionRequest
  readonly target: KnownTarget
  readonly inputTokens: number
  /** Of the target's route and those within it. */
  readonly versions: readonly UsedVersion[]
  /** What each model's driver can't express of the request, in the order of the target's models. */
  readonly unsupported: readonly (readonly InputIssue[])[]
}
