import type { Candidate, Signals } from '../../core/candidate.ts'
import type { WeightedPolicy } from '../../core/route-policy.ts'
import { inStickyOrder, stickyName, stickyValue } from '../sticky.ts'
import type { Comparison, Ranked } from '../strategy.ts'

/**
 * By chance: who stands first is drawn by weight, the next among those that are left, and so on. Where the route is
 * sticky, requests that share an end user or a tag's value are always drawn alike, until weights or models change.
 * @param name the route's, so that one end user's draws in two routes are independent
 */
export function weighted(name: string, { models, stickyBy }: WeightedPolicy): Comparison {
  const weights = new Map<string, number>()
  for (const { model, weight } of models) weights.set(model, (weights.get(model) ?? 0) + weight)
  return (candidates, signals) => {
    const lots = [...candidates]
      .sort((a, b) => a.place - b.place)
      .map((candidate) => ({ candidate, name: candidate.target, weight: weights.get(candidate.target) ?? 0 }))
    const value = stickyBy === null ? null : stickyValue(stickyBy, signals)
    if (stickyBy === null || value === null) return drawn(lots, signals)
    const how = `by ${stickyName(stickyBy)}`
    return { ordered: reasoned(inStickyOrder(lots, `${name}\n${value}`), how), signals: [] }
  }
}

interface Lot {
  readonly candidate: Candidate
  readonly name: string
  readonly weight: number
}

function drawn(lots: readonly Lot[], { draw }: Signals): ReturnType<Comparison> {
  return { ordered: reasoned(drawAll(lots, draw), null), signals: [{ name: 'draw', value: draw.toFixed(4) }] }
}

/**
 * One draw decides all: what is left of it within the chosen lot's share is again a number from 0 to 1, and evenly
 * spread.
 */
function drawAll(urn: readonly Lot[], draw: number): readonly Lot[] {
  let left = urn
  let rest = draw
  const ordered: Lot[] = []
  while (left.length > 0) {
    const total = totalOf(left)
    const { index, rest: next } = pick(left, rest * total)
    const lot = left[index]
    if (lot === undefined) break
    ordered.push(lot)
    left = left.filter((_, other) => other !== index)
    rest = next
  }
  return ordered
}

/** Where a point lies on the lots laid end to end, and how far into its lot, as a share of it. */
function pick(lots: readonly Lot[], point: number): { readonly index: number; readonly rest: number } {
  let start = 0
  for (const [index, { weight }] of lots.entries()) {
    if (point < start + weight) return { index, rest: Math.min((point - start) / weight, 1 - Number.EPSILON) }
    start += weight
  }
  const last = lots.findLastIndex(({ weight }) => weight > 0)
  return { index: Math.max(last, 0), rest: 0 }
}

function reasoned(lots: readonly Lot[], how: string | null): readonly Ranked[] {
  return lots.map(({ candidate, weight }, index) => {
    const total = totalOf(lots.slice(index))
    const by = how === null ? '' : ` ${how}`
    const reason =
      index === 0
        ? `drawn${by} with weight ${weight} of ${total}`
        : `drawn next${by} with weight ${weight} of the ${total} left`
    return { candidate, reason }
  })
}

function totalOf(lots: readonly Lot[]): number {
  return lots.reduce((sum, { weight }) => sum + weight, 0)
}
