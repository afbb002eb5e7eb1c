import type { ModelInfo as ListedModel } from '@pydantic/genai-prices'
import { UNKNOWN_ABILITIES } from '../core/abilities.ts'
import type { Catalog, ModelInfo } from '../core/catalog.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import { kindOfModel, type ModelKind } from '../core/model-kind.ts'
import type { Price, UnitPrices } from '../core/price.ts'
import { type ModelRef, modelId, parseModelId } from '../core/routing.ts'
import type { ModelSettings, ProviderSettings, Settings } from '../core/settings.ts'
import { NO_USAGE, type TokenUsage } from '../core/usage.ts'
import { isEmbeddingModel } from './embedding-model.ts'
import { type FindListedModel, findListedModel, pricesAt } from './listed-model.ts'
import { listedProvider } from './listed-provider.ts'
import { priceListVersion } from './price-list-version.ts'
import { isTextModel } from './text-model.ts'
import { unitPricesOf } from './unit-prices.ts'

/** What is shown as a model's price: that of a request small enough for the lowest tier. */
const SMALL_REQUESTS = {
  TEXT: { ...NO_USAGE, inputTokens: 1, outputTokens: 1 },
  EMBEDDING: { ...NO_USAGE, inputTokens: 1 },
} satisfies Record<ModelKind, TokenUsage>

/** A configured provider's part of the price list. */
interface Listing {
  readonly find: FindListedModel
  readonly models: readonly ListedModel[]
}

/**
 * The catalog of the configured providers, over the price list of `@pydantic/genai-prices` with the configuration's
 * word before it. Reads the list's version from disk once; asks no network.
 * @param clock tells which of the prices that change with time `model` and `models` show
 */
export function createCatalog(settings: Pick<Settings, 'providers' | 'models'>, clock: Clock = systemClock): Catalog {
  const version = priceListVersion()
  const declared = new Map(settings.models.map((model) => [model.id, model]))
  const listings = new Map(settings.providers.map((provider) => [provider.name, listingOf(provider)]))

  const listed = (ref: ModelRef) => listings.get(ref.provider)?.find(ref.model) ?? null

  function price(ref: ModelRef, usage: TokenUsage, at: number, tier: string | null = null): Price | null {
    const settings = declared.get(modelId(ref))
    const own = (tier === null ? settings?.price : settings?.tierPrices[tier]) ?? null
    if (own !== null) return { source: 'configuration', version: 'configuration', model: modelId(ref), units: own }
    if (tier !== null) return null
    const entry = listed(ref)
    const units = listedUnits(entry, usage, at)
    if (entry === null || units === null) return null
    return { source: 'catalogue', version, model: modelId({ ...ref, model: entry.id }), units }
  }

  function model(ref: ModelRef): ModelInfo {
    const own: Partial<ModelSettings> = declared.get(modelId(ref)) ?? {}
    return {
      provider: ref.provider,
      model: ref.model,
      contextWindow: own.contextWindow ?? listed(ref)?.context_window ?? null,
      maxOutputTokens: own.maxOutputTokens ?? null,
      abilities: own.abilities ?? UNKNOWN_ABILITIES,
      region: own.region ?? null,
      dataPolicy: own.dataPolicy ?? null,
      price: price(ref, SMALL_REQUESTS[kindOfModel(ref.model)], clock.now())?.units ?? null,
    }
  }

  function models(): readonly ModelInfo[] {
    const now = clock.now()
    const ids = new Set(declared.keys())
    for (const [provider, listing] of listings) {
      for (const entry of listing?.models ?? []) {
        const prices = pricesAt(entry, now)
        if (isTextModel(entry, prices) || isEmbeddingModel(entry, prices))
          ids.add(modelId({ provider, model: entry.id }))
      }
    }
    return [...ids].sort().flatMap((id) => {
      const ref = parseModelId(id)
      return ref !== null && listings.has(ref.provider) ? [model(ref)] : []
    })
  }

  return { models, model, price }
}

function listingOf(settings: ProviderSettings): Listing | null {
  const provider = listedProvider(settings)
  return provider === undefined ? null : { find: findListedModel(provider), models: provider.models }
}

function listedUnits(model: ListedModel | null, usage: TokenUsage, at: number): UnitPrices | null {
  return model === null ? null : unitPricesOf(pricesAt(model, at), usage)
}
