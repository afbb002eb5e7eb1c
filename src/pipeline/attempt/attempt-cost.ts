import { attemptPrice } from '../../catalog/attempt-price.ts'
import { countTokens } from '../../catalog/count-tokens.ts'
import { type Catalog, costOf } from '../../core/catalog.ts'
import { type AttemptCost, FREE } from '../../core/cost.ts'
import type { DriverFinish, EmbeddingRequest } from '../../core/driver.ts'
import type { ModelRef } from '../../core/routing.ts'
import { addUsage, NO_USAGE, type TokenUsage } from '../../core/usage.ts'
import type { ProviderAsk } from '../call-kinds.ts'
import type { OutputFold } from '../output.ts'

/**
 * Usage counted here, where the provider reported none: of what was asked and of what had been sent. Of a request for
 * vectors the input is all that costs: what was reported with each part counts, and only the texts of the others are
 * counted.
 */
export async function countedUsage(ask: ProviderAsk, inputTokens: number, output: OutputFold): Promise<TokenUsage> {
  const { model } = ask.request
  if (ask.type === 'embedding') return usageOfVectors(ask.request, output)
  const outputTokens = await countTokens(output.transcript(), model)
  return { ...NO_USAGE, inputTokens, outputTokens, estimated: true }
}

async function usageOfVectors({ texts, model }: EmbeddingRequest, output: OutputFold): Promise<TokenUsage> {
  const uncounted: string[] = []
  let usage = NO_USAGE
  let from = 0
  for (const { vectors, usage: reported } of output.batches()) {
    const until = from + vectors.length
    if (reported === null) uncounted.push(...texts.slice(from, until))
    else usage = addUsage(usage, reported)
    from = until
  }
  if (uncounted.length === 0) return usage
  const inputTokens = await countTokens(uncounted.join('\n'), model)
  return addUsage(usage, { ...NO_USAGE, inputTokens, estimated: true })
}

/**
 * What an attempt cost; one that sent nothing costs nothing.
 * @param finish what the provider said of the model and the service tier that answered; null where it did not finish
 * @param at milliseconds since 1970
 */
export function attemptCost(
  catalog: Catalog,
  ref: ModelRef,
  finish: Pick<DriverFinish, 'model' | 'serviceTier'> | null,
  usage: TokenUsage | null,
  at: number,
): AttemptCost {
  if (!usage) return FREE
  const price = attemptPrice(catalog, ref, finish?.model ?? null, usage, at, finish?.serviceTier ?? null)
  return price ? { priced: true, parts: costOf(usage, price), price } : { priced: false }
}
