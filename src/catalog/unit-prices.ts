import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices'
import type { Picodollars } from '../core/money.ts'
import type { UnitPrices } from '../core/price.ts'
import type { TokenUsage } from '../core/usage.ts'

/** A dollar per million tokens is this many picodollars per token. */
const PICO_PER_TOKEN = 1e6

const NOTHING: UnitPrices = { input: 0n, cachedInput: 0n, cacheWrite: 0n, cacheWriteHour: 0n, output: 0n }

/**
 * What one token of each kind costs for this usage, from the list's dollars per million tokens; null where the list
 * doesn't say what one of the kinds that was used costs. An entry without any price is the list's way to write "free of
 * charge", and costs zero.
 *
 * The list's prices are floats; each is rounded to a whole picodollar per token. All of version 0.1.8 are exact in that
 * but OpenRouter's cache writes of some Gemini models, a third of a picodollar off (0.08333… dollars per million).
 *
 * A kind without a price of its own costs what the kind does that it is a part of: cached input and cache writes as
 * input, one-hour writes as other cache writes. Only tokens are priced. Not in it, since usage doesn't count them apart:
 * input and output of audio and images at a price of their own, Perplexity's cheaper reasoning and citation tokens, and
 * charges per request, search or document.
 */
export function unitPricesOf(prices: ModelPrice, usage: TokenUsage): UnitPrices | null {
  if (Object.keys(prices).length === 0) return NOTHING
  const unit = (key: string) => perToken(prices[key], usage.inputTokens)
  const input = unit('input_mtok')
  const output = unit('output_mtok')
  if (input === null || (output === null && usage.outputTokens > 0)) return null
  const cacheWrite = unit('cache_write_mtok') ?? input
  return {
    input,
    cachedInput: unit('cache_read_mtok') ?? input,
    cacheWrite,
    cacheWriteHour: unit('cache_write_1h_mtok') ?? cacheWrite,
    output: output ?? 0n,
  }
}

/** Tiers go by the size of the whole input: above its start, a tier's price holds for all tokens of the request. */
function perToken(price: number | TieredPrices | undefined, inputTokens: number): Picodollars | null {
  if (price === undefined) return null
  if (typeof price === 'number') return BigInt(Math.round(price * PICO_PER_TOKEN))
  const tier = price.tiers.filter(({ start }) => inputTokens > start).sort((a, b) => b.start - a.start)[0]
  return perToken(tier?.price ?? price.base, inputTokens)
}
