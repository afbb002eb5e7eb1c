import type { Catalog } from '../../core/catalog.ts'
import type { Picodollars } from '../../core/money.ts'
import type { Price } from '../../core/price.ts'
import type { ModelRef } from '../../core/routing.ts'
import { NO_USAGE } from '../../core/usage.ts'

/** Input tokens are estimated before they are sent: this much, in percent of the estimate, is kept ready for them. */
const INPUT_MARGIN_PERCENT = 125n

/** The smallest limit on output that every provider takes (OpenAI's Responses API refuses less than 16). */
const SMALLEST_OUTPUT = 16

/**
 * How many output tokens a model may produce without passing a budget.
 * @param outputLimit the caller's own; 0 where there is nothing but input
 * @returns null where there is no budget, 'exhausted' where it doesn't pay for an answer of this model any more
 */
export function affordableOutput(
  catalog: Catalog,
  ref: ModelRef,
  inputTokens: number,
  outputLimit: number | null,
  budget: Picodollars | null,
  at: number,
): number | null | 'exhausted' {
  if (budget === null) return null
  const price = catalog.price(ref, { ...NO_USAGE, inputTokens }, at)
  if (!price) return 'exhausted'
  const forOutput = budget - inputCost(inputTokens, price)
  if (price.units.output === 0n || outputLimit === 0) return forOutput >= 0n ? null : 'exhausted'
  const tokens = forOutput / price.units.output
  return tokens < SMALLEST_OUTPUT ? 'exhausted' : Number(tokens)
}

/** The most that so much input and output cost at a model; null where it is unpriced. */
export function mostCost(
  catalog: Catalog,
  ref: ModelRef,
  inputTokens: number,
  outputTokens: number,
  at: number,
): Picodollars | null {
  const price = catalog.price(ref, { ...NO_USAGE, inputTokens }, at)
  return price && inputCost(inputTokens, price) + BigInt(outputTokens) * price.units.output
}

function inputCost(inputTokens: number, { units }: Price): Picodollars {
  return (BigInt(inputTokens) * units.input * INPUT_MARGIN_PERCENT) / 100n
}
