import { costOf } from '../core/catalog.ts'
import { totalOf } from '../core/cost.ts'
import type { Picodollars } from '../core/money.ts'
import type { CompletionRequest } from '../core/request.ts'
import type { ModelRef } from '../core/routing.ts'
import { NO_USAGE } from '../core/usage.ts'
import type { EngineParts } from './engine-parts.ts'

/** What a model is taken to answer at most where neither the caller nor the catalogue sets a limit, in tokens. */
const OUTPUT_BOUND = 16_384

/** The most that one request to a model may use; null dollars where it is unpriced. */
export function attemptBound(
  { catalog, clock }: Pick<EngineParts, 'catalog' | 'clock'>,
  { request, inputTokens }: { readonly request: CompletionRequest; readonly inputTokens: number },
  ref: ModelRef,
): { readonly tokens: bigint; readonly usd: Picodollars | null } {
  const outputTokens =
    request.conversation.sampling.maxOutputTokens ?? catalog.model(ref).maxOutputTokens ?? OUTPUT_BOUND
  const usage = { ...NO_USAGE, inputTokens, outputTokens }
  const price = catalog.price(ref, usage, clock.now())
  return { tokens: BigInt(inputTokens + outputTokens), usd: price ? totalOf(costOf(usage, price)) : null }
}
