import type { Candidate } from '../../core/candidate.ts'
import type { Comparison } from '../strategy.ts'

/** By the requests under way in this process, fewest first; equals stay in the route's order. */
export const leastBusy: Comparison = (candidates) => {
  const inOrder = [...candidates].sort((a, b) => a.measured.inFlight - b.measured.inFlight || a.place - b.place)
  const least = inOrder[0]?.measured.inFlight ?? 0
  return {
    ordered: inOrder.map((candidate, index) => ({ candidate, reason: reasonOf(candidate, index, least) })),
    signals: [],
  }
}

function reasonOf({ measured: { inFlight } }: Candidate, index: number, least: number): string {
  const load = inFlight === 0 ? 'idle' : `${inFlight} ${inFlight === 1 ? 'request' : 'requests'} under way here`
  if (index === 0) return `least busy: ${load}`
  return inFlight === least ? `as little busy, but listed later: ${load}` : `busier: ${load}`
}
