import { type Picodollars, parseUsd } from '../core/money.ts'
import type { UnitPrices } from '../core/price.ts'
import { parseModelId } from '../core/routing.ts'
import type { ModelSettings } from '../core/settings.ts'
import type { PriceConfig } from './define-config.ts'
import { checkProviderOf } from './known-models.ts'
import type { Problems } from './problem.ts'
import { readSection } from './read-section.ts'
import { modelSchema } from './schema/model.ts'

export function resolveModels(
  declared: Readonly<Record<string, unknown>>,
  providers: readonly string[],
  problems: Problems,
): readonly ModelSettings[] {
  return Object.entries(declared).flatMap(([id, value]) => {
    const path = `models.${id}`
    if (parseModelId(id) === null) problems.add(path, 'name a model as "provider/model"')
    checkProviderOf(id, providers, path, problems)
    const config = readSection(modelSchema, value, path, problems)
    if (config === null) return []
    return {
      id,
      contextWindow: config.contextWindow ?? null,
      maxOutputTokens: config.maxOutputTokens ?? null,
      price: config.price === undefined ? null : unitPrices(config.price),
      tierPrices: Object.fromEntries(
        Object.entries(config.tierPrices ?? {}).map(([tier, price]) => [tier, unitPrices(price)]),
      ),
      upstream: config.upstream ?? 'stream',
      abilities: {
        vision: config.abilities?.vision ?? null,
        tools: config.abilities?.tools ?? null,
        jsonSchema: config.abilities?.jsonSchema ?? null,
      },
      region: config.region ?? null,
      dataPolicy: config.dataPolicy ?? null,
    }
  })
}

function unitPrices(price: PriceConfig): UnitPrices {
  const input = perToken(price.inputPerMillion)
  const cacheWrite = price.cacheWritePerMillion === undefined ? input : perToken(price.cacheWritePerMillion)
  return {
    input,
    cachedInput: price.cachedInputPerMillion === undefined ? input : perToken(price.cachedInputPerMillion),
    cacheWrite,
    cacheWriteHour:
      price.cacheWriteHourPerMillion === undefined ? cacheWrite : perToken(price.cacheWriteHourPerMillion),
    output: perToken(price.outputPerMillion),
  }
}

/** Exact: six decimals of a dollar per million tokens are a whole number of picodollars per token. */
function perToken(perMillion: string): Picodollars {
  return parseUsd(perMillion) / 1_000_000n
}
