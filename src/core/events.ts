import type { Attempt } from './attempt.ts'
import type { CallError } from './call-error.ts'
import type { Completion } from './completion.ts'
import type { ContentEvent } from './driver.ts'
import type { Embedding } from './embedding.ts'
import type { RoutePlan } from './routing.ts'

/** What a client sees of a call. Ends with exactly one `finished`, `embedded` or `failed`. */
export type CompletionEvent =
  | { readonly type: 'started'; readonly plan: RoutePlan }
  | AttemptStarted
  | ContentEvent
  | AttemptFailed
  | { readonly type: 'finished'; readonly completion: Completion }
  | { readonly type: 'embedded'; readonly embedding: Embedding }
  | { readonly type: 'failed'; readonly error: CallError }

export interface AttemptStarted {
  readonly type: 'attemptStarted'
  readonly number: number
  readonly provider: string
  readonly model: string
}

export interface AttemptFailed {
  readonly type: 'attemptFailed'
  readonly attempt: Attempt
  /** True where all output streamed so far is void. */
  readonly outputVoided: boolean
  readonly willContinue: boolean
}

/** An event in its place within its call; numbers count from 1 without gaps. */
export interface NumberedEvent {
  readonly callId: string
  readonly seq: number
  readonly event: CompletionEvent
}
