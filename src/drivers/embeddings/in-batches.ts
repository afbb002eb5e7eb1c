import type { DriverEvent, KeyLimits } from '../../core/driver.ts'
import { addUsage, type TokenUsage } from '../../core/usage.ts'
import type { Vector } from '../../core/vector.ts'
import { malformed } from '../stream-error.ts'

/** What one request for vectors brought. */
export interface EmbeddedBatch {
  readonly limits: KeyLimits
  /** In the order of the texts. */
  readonly vectors: readonly Vector[]
  /** Null where the provider reported none. */
  readonly usage: TokenUsage | null
  /** The model that the provider says answered; null where it does not say. */
  readonly model: string | null
}

/**
 * Asks for one batch of texts after another. One after another and not at once: when one fails, none is under way whose
 * cost nobody would learn.
 * @throws ProviderError MALFORMED where a batch does not have one vector for each of its texts
 */
export async function* inBatches(
  batches: readonly (readonly string[])[],
  ask: (texts: readonly string[]) => Promise<EmbeddedBatch>,
): AsyncGenerator<DriverEvent, void> {
  const usages: (TokenUsage | null)[] = []
  let model: string | null = null
  for (const [index, texts] of batches.entries()) {
    const batch = await ask(texts)
    if (index === 0) yield { type: 'start', limits: batch.limits }
    if (batch.vectors.length !== texts.length) {
      throw malformed(`The provider sent ${batch.vectors.length} vectors for ${texts.length} texts.`)
    }
    model = batch.model ?? model
    usages.push(batch.usage)
    yield { type: 'vectors', vectors: batch.vectors, usage: batch.usage }
  }
  yield { type: 'finish', reason: 'STOP', usage: together(usages), model, providerState: null, serviceTier: null }
}

/** Null where one of them is not known. */
function together(usages: readonly (TokenUsage | null)[]): TokenUsage | null {
  const [first = null, ...others] = usages
  return others.reduce((sum, usage) => (sum === null || usage === null ? null : addUsage(sum, usage)), first)
}
