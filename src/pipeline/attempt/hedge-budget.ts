import type { Catalog } from '../../core/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import type { Picodollars } from '../../core/money.ts'
import type { ModelRef } from '../../core/routing.ts'
import type { RoutedCall } from '../call-kinds.ts'
import { affordableOutput, mostCost } from './budget.ts'
import type { Seat } from './seat.ts'

interface HedgeBudgetParts {
  readonly catalog: Catalog
  readonly clock: Clock
}

/**
 * How many output tokens a second candidate may produce beside the first, which is under way: what is left of the budget
 * after all that the first may still cost. 'exhausted' where that does not pay for as long an answer as the first may
 * give, or where nobody knows how long that may be.
 * @param budget before the first; null sets no bound
 */
export function affordableBeside(
  { catalog, clock }: HedgeBudgetParts,
  { inputTokens, request }: RoutedCall,
  first: Seat,
  second: ModelRef,
  budget: Picodollars | null,
): number | null | 'exhausted' {
  if (budget === null) return null
  const now = clock.now()
  const { maxOutputTokens } = request.conversation.sampling
  const most = least([maxOutputTokens, first.ownLimit?.tokens ?? null, catalog.model(first.ref).maxOutputTokens])
  if (most === null) return 'exhausted'
  const underWay = mostCost(catalog, first.ref, inputTokens, most, now)
  if (underWay === null) return 'exhausted'
  const affordable = affordableOutput(catalog, second, inputTokens, maxOutputTokens, budget - underWay, now)
  const needed = least([most, catalog.model(second).maxOutputTokens]) ?? most
  return typeof affordable === 'number' && affordable < needed ? 'exhausted' : affordable
}

function least(bounds: readonly (number | null)[]): number | null {
  const known = bounds.filter((bound) => bound !== null)
  return known.length === 0 ? null : Math.min(...known)
}
