import type { Attempt } from '../core/attempt.ts'
import { formatUsd } from '../core/money.ts'
import type { Price, UnitPrices } from '../core/price.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'

const PriceSourceRef = describedEnum<Uppercase<Price['source']>>('PriceSource', 'Where a price comes from.', {
  CATALOGUE: 'The price list that this version of Switchyard carries.',
  CONFIGURATION: 'The configuration file of this installation, which goes before the list.',
})

const MILLION = 1_000_000n

/** A price with the attempt that it was charged for. */
export interface ChargedPrice {
  readonly price: Price
  readonly attempt: Attempt
}

export const CallPriceRef = builder.objectRef<ChargedPrice>('CallPrice').implement({
  description:
    'The prices that tokens were charged at, pinned when they were. Tokens times these are the cost, to the last digit.',
  fields: (t) => ({
    inputUsdPerMillion: t.field(
      perMillion('input', "Input that was neither read from nor written to the provider's cache."),
    ),
    cachedInputUsdPerMillion: t.field(perMillion('cachedInput', "Input read from the provider's cache.")),
    cacheWriteUsdPerMillion: t.field(perMillion('cacheWrite', "Input written to the provider's cache.")),
    cacheWriteHourUsdPerMillion: t.field(
      perMillion('cacheWriteHour', "Input written to the provider's cache for an hour."),
    ),
    outputUsdPerMillion: t.field(perMillion('output', 'Output, reasoning included.')),
    source: t.field({
      type: PriceSourceRef,
      description: 'Where the prices come from.',
      resolve: ({ price }) => SOURCES[price.source],
    }),
    version: t.string({
      description: 'The version of the price list: `@pydantic/genai-prices@0.1.8`; `configuration` where that set it.',
      resolve: ({ price }) => price.version,
    }),
    validAt: t.field({
      type: 'DateTime',
      description:
        'The time whose prices these are, when the attempt began: some change with a date or the time of day.',
      resolve: ({ attempt }) => attempt.startedAt,
    }),
    model: t.string({
      nullable: true,
      description:
        'The model that has these prices, as provider/model: the one that answered or, where that has none of its own, the one asked for. Null for calls of early versions.',
      resolve: ({ price }) => price.model ?? null,
    }),
    serviceTier: t.string({
      nullable: true,
      description:
        'The service tier that answered, such as `flex`, where it has prices of its own; null for the usual one.',
      resolve: ({ attempt }) => attempt.serviceTier,
    }),
  }),
})

const SOURCES = {
  catalogue: 'CATALOGUE',
  configuration: 'CONFIGURATION',
} as const satisfies Record<Price['source'], string>

function perMillion(unit: keyof UnitPrices, what: string) {
  return {
    type: 'Decimal' as const,
    description: `${what} US dollars per million tokens.`,
    resolve: ({ price }: ChargedPrice) => formatUsd(price.units[unit] * MILLION),
  }
}

/** The price of an attempt; null where it is unpriced, or cost nothing because it used nothing. */
export function priceOfAttempt(attempt: Attempt): ChargedPrice | null {
  return attempt.cost.priced && attempt.cost.price !== null ? { price: attempt.cost.price, attempt } : null
}

/** The price of the attempt that answered; where none did, of the last one that used something. */
export function priceOfCall(attempts: readonly Attempt[]): ChargedPrice | null {
  const answered = attempts.find(({ outcome }) => outcome === 'SUCCEEDED')
  if (answered) return priceOfAttempt(answered)
  const used = attempts.findLast(({ usage }) => usage !== null)
  return used ? priceOfAttempt(used) : null
}
