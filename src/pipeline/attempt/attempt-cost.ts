import { attemptPrice } from '../../catalog/attempt-price.ts'
import { countTokens } from '../../catalog/count-tokens.ts'
import { type Catalog, costOf } from '../../core/catalog.ts'
import { type AttemptCost, FREE } from '../../core/cost.ts'
import type { ModelRef } from '../../core/routing.ts'
import { NO_USAGE, type TokenUsage } from '../../core/usage.ts'
import type { OutputFold } from '../output.ts'

/** Usage counted here, where the provider reported none: of what was asked and of what had been sent. */
export async function countedUsage(inputTokens: number, output: OutputFold, model: string): Promise<TokenUsage> {
  const outputTokens = await countTokens(output.transcript(), model)
  return { ...NO_USAGE, inputTokens, outputTokens, estimated: true }
}

/**
 * What an attempt cost; one that sent nothing costs nothing.
 * @param answered the model that the provider says answered; null where it did not say
 * @param at milliseconds since 1970
 */
export function attemptCost(
  catalog: Catalog,
  ref: ModelRef,
  answered: string | null,
  usage: TokenUsage | null,
  at: number,
): AttemptCost {
  if (!usage) return FREE
  const price = attemptPrice(catalog, ref, answered, usage, at)
  return price ? { priced: true, parts: costOf(usage, price), price } : { priced: false }
}
