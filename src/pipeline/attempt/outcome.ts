import type { LengthLimit } from '../../core/completion.ts'
import type { ProviderState } from '../../core/conversation.ts'
import type { DriverFinish, FinishReason } from '../../core/driver.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Vector } from '../../core/vector.ts'
import type { AttemptCall } from '../call-kinds.ts'
import type { Output, OutputFold } from '../output.ts'
import { checkedVectors } from './checked-vectors.ts'
import { conformed } from './conform.ts'

/** What an attempt that answered came to. */
export type Outcome =
  | {
      readonly type: 'completion'
      readonly output: Output
      /** Undefined where no JSON was asked for. */
      readonly json: JsonValue | undefined
      readonly reason: FinishReason
      readonly lengthLimit: LengthLimit | null
      readonly providerState: ProviderState | null
    }
  | { readonly type: 'embedding'; readonly vectors: readonly Vector[] }

/**
 * What all that an attempt sent comes to.
 * @throws ProviderError where its end mark is missing or it is not what was asked for
 */
export function outcomeOf({ ask, ref, lengthLimit }: AttemptCall, fold: OutputFold, finish: DriverFinish): Outcome {
  if (ask.type === 'embedding') return { type: 'embedding', vectors: checkedVectors(fold.batches(), ask.request) }
  const output = fold.output(finish.reason)
  const { providerState } = finish
  return {
    type: 'completion',
    output,
    json: conformed(output.text, finish.reason, ask.output),
    reason: finish.reason,
    lengthLimit: finish.reason === 'LENGTH' ? lengthLimit : null,
    providerState: providerState === null ? null : { provider: ref.provider, state: providerState },
  }
}
