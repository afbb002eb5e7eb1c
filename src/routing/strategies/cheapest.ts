import type { Candidate } from '../../core/candidate.ts'
import type { Picodollars } from '../../core/money.ts'
import type { RouteSignal } from '../../core/routing.ts'
import { aboutUsd } from '../about-usd.ts'
import type { Comparison, Ranked } from '../strategy.ts'

interface PricedCandidate extends Candidate {
  readonly estimatedCost: Picodollars
}

/** By what this request is expected to cost, unpriced models last; equal costs stay in the route's order. */
export const cheapest: Comparison = (candidates, { inputTokens }) => {
  const inOrder = [...candidates].sort((a, b) => a.place - b.place)
  const priced = inOrder.filter(isPriced).sort((a, b) => compare(a.estimatedCost, b.estimatedCost))
  const lowest = priced[0]?.estimatedCost ?? 0n
  return {
    ordered: [
      ...priced.map((candidate, index) => ({ candidate, reason: reasonOf(candidate, index, lowest) })),
      ...inOrder.filter((candidate) => !isPriced(candidate)).map(behind),
    ],
    signals: [{ name: 'inputTokens', value: `about ${inputTokens}` }, ...inOrder.map(expectation)],
  }
}

function expectation({ target, expected }: Candidate): RouteSignal {
  const { outputTokens, cachedInputTokens, answers } = expected
  const from = answers === 0 ? 'a guess' : `from the last ${answers} answers`
  const cached = cachedInputTokens === 0 ? '' : `, ${cachedInputTokens} input tokens cached`
  return { name: `expected of ${target}`, value: `${outputTokens} output tokens${cached} (${from})` }
}

function reasonOf({ estimatedCost }: PricedCandidate, index: number, lowest: Picodollars): string {
  const cost = `about ${aboutUsd(estimatedCost)} for this request`
  if (index === 0) return `cheapest: ${cost}`
  if (estimatedCost === lowest) return `as cheap as the first: ${cost}`
  return lowest === 0n ? cost : `${cost}, ${ratio(estimatedCost, lowest)} times the cheapest`
}

function behind(candidate: Candidate): Ranked {
  return { candidate, reason: 'no known price, so it stands behind the models that have one' }
}

function ratio(a: Picodollars, b: Picodollars): string {
  return (Number((a * 100n) / b) / 100).toFixed(1)
}

function isPriced(candidate: Candidate): candidate is PricedCandidate {
  return candidate.estimatedCost !== null
}

function compare(a: Picodollars, b: Picodollars): number {
  return a < b ? -1 : Number(a > b)
}
