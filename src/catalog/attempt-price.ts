import type { Catalog } from '../core/catalog.ts'
import type { Price } from '../core/price.ts'
import type { ModelRef } from '../core/routing.ts'
import type { TokenUsage } from '../core/usage.ts'

/** What providers put behind a model's name to say which edition or effort of it answered: a date, a number, "high". */
const EDITION = /^[-@:](\d[\d.-]*|latest|low|medium|high)$/

/**
 * The price of an attempt: the configured price of the model that was asked for, else the price of the model that the
 * provider says answered; null where none is known. An answering model that is unknown but for being an edition of the
 * one that was asked for (`gpt-5.4-nano-20260317`) has that one's price; any other may be another model altogether.
 * @param answered the provider's own name of the model that answered; null where it did not say
 * @param at milliseconds since 1970
 * @param tier the service tier that served it, where that has prices of its own
 */
export function attemptPrice(
  catalog: Pick<Catalog, 'price'>,
  asked: ModelRef,
  answered: string | null,
  usage: TokenUsage,
  at: number,
  tier: string | null = null,
): Price | null {
  const ofAsked = catalog.price(asked, usage, at, tier)
  if (answered === null || ofAsked?.source === 'configuration') return ofAsked
  const ofAnswered = catalog.price({ provider: asked.provider, model: answered }, usage, at, tier)
  return ofAnswered ?? (isEdition(answered, asked.model) ? ofAsked : null)
}

function isEdition(answered: string, asked: string): boolean {
  return answered.startsWith(asked) && EDITION.test(answered.slice(asked.length))
}
