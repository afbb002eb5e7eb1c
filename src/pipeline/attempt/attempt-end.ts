import type { Attempt } from '../../core/attempt.ts'
import type { ProviderError } from '../../core/provider-error.ts'
import type { CallAbort } from '../call-abort.ts'
import type { Answered } from '../call-event.ts'
import type { OutputFold } from '../output.ts'
import type { Repair } from './repair.ts'

export type AttemptEnd =
  | { readonly type: 'answered'; readonly answered: Answered }
  | FailedAttempt
  | { readonly type: 'aborted'; readonly attempt: Attempt; readonly abort: CallAbort }

export interface FailedAttempt {
  readonly type: 'failed'
  readonly attempt: Attempt
  readonly error: ProviderError
  readonly hadOutput: boolean
  /** What the caller holds, also from the attempts that this one went on from. */
  readonly shown: OutputFold
  /** What the model can be asked to mend; null where the answer's form is not what failed. */
  readonly repair: Repair | null
}
