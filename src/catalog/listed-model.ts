import { calcPrice, type ModelInfo, type ModelPrice, type Provider } from '@pydantic/genai-prices'

/** How many names are remembered; names come from callers, so there may be any number of them. */
const REMEMBERED = 2_000

/** Finds a model of one provider in the price list, by the name that was asked for or that the provider says. */
export type FindListedModel = (model: string) => ModelInfo | null

/**
 * Looks models of one provider up in the price list, which has its own rules for dates and aliases in names
 * (`gpt-5-mini-2025-08-07` is `gpt-5-mini`). A name is looked up as it stands, then without a path in front of it as
 * Google (`models/…`), Vertex (`publishers/google/models/…`) and Fireworks (`accounts/…/models/…`) write it. A look-up
 * tries hundreds of patterns, hence the memory.
 */
export function findListedModel(provider: Provider): FindListedModel {
  const known = new Map<string, ModelInfo | null>()
  return (model) => {
    const remembered = known.get(model)
    if (remembered !== undefined) return remembered
    const found = match(provider, model) ?? match(provider, withoutPath(model))
    if (known.size >= REMEMBERED) known.clear()
    known.set(model, found)
    return found
  }
}

/** The prices of a listed model at a time: some change on a date, some by the time of day. */
export function pricesAt(model: ModelInfo, at: number): ModelPrice {
  if (!Array.isArray(model.prices)) return model.prices
  const alone: Provider = { id: 'one', name: 'one', api_pattern: '', models: [{ ...model, match: { equals: 'one' } }] }
  return calcPrice({}, 'one', { provider: alone, timestamp: new Date(at) })?.model_price ?? {}
}

function match(provider: Provider, model: string): ModelInfo | null {
  return calcPrice({}, model, { providerId: provider.id })?.model ?? null
}

function withoutPath(model: string): string {
  const path = model.lastIndexOf('models/')
  return path < 0 ? model : model.slice(path + 'models/'.length)
}
