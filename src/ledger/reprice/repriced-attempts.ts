import type postgres from 'postgres'
import type { Attempt } from '../../core/attempt.ts'
import { costOf } from '../../core/catalog.ts'
import { type CostParts, totalOf } from '../../core/cost.ts'
import type { Price, UnitPrices } from '../../core/price.ts'
import { bind, type Column, timestamp, unnest } from '../../database/row-arrays.ts'
import { type AttemptRowRead, attemptOf } from '../calls/attempt-row.ts'
import { storedPrice } from '../settlement/attempt-columns.ts'
import { CALL_KEYS, type CallKey } from './call-key.ts'
import type { PriceOf, RepriceScope } from './reprice-query.ts'

/** An attempt of a call, with the price that it has now. */
export interface Repricing {
  readonly call: CallKey
  readonly number: number
  /** As `provider/model`. */
  readonly model: string
  /** What it cost so far, in picodollars; 0 where it was unpriced. */
  readonly before: bigint
  /** Null where no price is known, and the attempt stays as it is. */
  readonly anew: { readonly price: Price; readonly parts: CostParts } | null
}

/** The attempts of calls that a scope means and whose price is another now, or not known. */
export async function repricingsOf(
  tx: postgres.Sql | postgres.TransactionSql,
  calls: readonly CallKey[],
  scope: RepriceScope,
  priceOf: PriceOf,
): Promise<Repricing[]> {
  const rows = await tx.unsafe<AttemptRowRead[]>(
    `select attempt.*, extract(epoch from started_at) * 1000 as started_ms, price::text as price_text
     from attempt join ${unnest(CALL_KEYS, 'chosen', 1)}
       on attempt.call_id = chosen.id and attempt.created_at = chosen.created_at
     where input_tokens is not null order by call_id, number`,
    bind(CALL_KEYS, calls),
  )
  const byId = new Map(calls.map((call) => [call.id, call]))
  return rows.flatMap((row) => {
    const call = byId.get(row.call_id)
    const attempt = attemptOf(row)
    return call && isMeant(attempt, scope) ? repricingOf(call, attempt, priceOf) : []
  })
}

function isMeant({ provider, model, answeredModel, cost }: Attempt, scope: RepriceScope): boolean {
  if (scope.provider !== null && provider !== scope.provider) return false
  if (scope.model !== null && model !== scope.model && answeredModel !== scope.model) return false
  return scope.which === 'all' || !cost.priced
}

function repricingOf(call: CallKey, attempt: Attempt, priceOf: PriceOf): Repricing[] {
  const { usage, cost, number } = attempt
  // What used nothing cost nothing, whatever the price.
  if (usage === null) return []
  const price = priceOf({ ...attempt, usage })
  const common = { call, number, model: `${attempt.provider}/${attempt.model}` }
  const before = cost.priced ? totalOf(cost.parts) : 0n
  if (price === null) return [{ ...common, before, anew: null }]
  const parts = costOf(usage, price)
  const stays = cost.priced && samePrices(cost.price?.units, price.units) && sameParts(cost.parts, parts)
  return stays ? [] : [{ ...common, before, anew: { price, parts } }]
}

function samePrices(a: UnitPrices | undefined, b: UnitPrices): boolean {
  return a !== undefined && (Object.keys(b) as (keyof UnitPrices)[]).every((unit) => a[unit] === b[unit])
}

function sameParts(a: CostParts, b: CostParts): boolean {
  return (Object.keys(b) as (keyof CostParts)[]).every((part) => a[part] === b[part])
}

type Changed = Repricing & { readonly anew: NonNullable<Repricing['anew']> }

export function hasChanged(repricing: Repricing): repricing is Changed {
  return repricing.anew !== null
}

const PRICES: readonly Column<Changed>[] = [
  { name: 'call_id', type: 'uuid', of: ({ call }) => call.id },
  { name: 'created_at', type: 'timestamptz', of: ({ call }) => timestamp(call.createdAt) },
  { name: 'number', type: 'int4', of: ({ number }) => number },
  { name: 'cost_input', type: 'int8', of: ({ anew }) => anew.parts.input },
  { name: 'cost_cached_input', type: 'int8', of: ({ anew }) => anew.parts.cachedInput },
  { name: 'cost_cache_write', type: 'int8', of: ({ anew }) => anew.parts.cacheWrite },
  { name: 'cost_output', type: 'int8', of: ({ anew }) => anew.parts.output },
  { name: 'price', type: 'jsonb', of: ({ anew }) => storedPrice(anew.price) },
]

/** Pins the new prices and what attempts cost at them. */
export async function writePrices(tx: postgres.TransactionSql, changed: readonly Changed[]): Promise<void> {
  const values = ['cost_input', 'cost_cached_input', 'cost_cache_write', 'cost_output', 'price']
  await tx.unsafe(
    `update attempt set ${values.map((name) => `${name} = anew.${name}`).join(', ')}
     from ${unnest(PRICES, 'anew', 1)}
     where attempt.call_id = anew.call_id and attempt.created_at = anew.created_at and attempt.number = anew.number`,
    bind(PRICES, changed),
  )
}
