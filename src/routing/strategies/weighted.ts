import { modelId } from '../../core/routing.ts'
import type { WeightedTarget } from '../../core/settings.ts'
import type { Candidate, Ranked, Strategy } from '../strategy.ts'

/**
 * By chance: who stands first is drawn by weight, the next among those that are left, and so on. One draw decides all:
 * what is left of it within the chosen candidate's share is again a number from 0 to 1, and evenly spread. A candidate
 * that has no weight stands last.
 */
export function weighted(targets: readonly WeightedTarget[]): Strategy {
  const weights = new Map<string, number>()
  for (const { model, weight } of targets) weights.set(model, (weights.get(model) ?? 0) + weight)
  return (candidates, { draw }) => {
    const urn = [...candidates]
      .sort((a, b) => a.place - b.place)
      .map((candidate) => ({ candidate, weight: weights.get(modelId(candidate)) ?? 0 }))
    return { ordered: drawAll(urn, draw), signals: [{ name: 'draw', value: draw.toFixed(4) }] }
  }
}

interface Lot {
  readonly candidate: Candidate
  readonly weight: number
}

function drawAll(urn: readonly Lot[], draw: number): readonly Ranked[] {
  let left = urn
  let rest = draw
  const ordered: Ranked[] = []
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0)
    const { index, rest: next } = pick(left, rest * total)
    const lot = left[index]
    if (lot === undefined) break
    ordered.push({ candidate: lot.candidate, reason: reasonOf(lot.weight, total, ordered.length) })
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

function reasonOf(weight: number, total: number, place: number): string {
  if (weight === 0) return 'it has no weight, so it stands behind those that have one'
  return place === 0
    ? `drawn with weight ${weight} of ${total}`
    : `drawn next with weight ${weight} of the ${total} left`
}
