import type { Candidate } from '../../core/candidate.ts'
import type { CustomStrategy } from '../../core/route-policy.ts'
import { ordinal } from '../ordinal.ts'
import type { Comparison, Ranked } from '../strategy.ts'

/** Reasons are shown in lists: longer ones are cut. */
const LONGEST_REASON = 160

/**
 * As a function of the user's own says. It gets copies that it can't change, and its result is checked: where it throws
 * or does not name every candidate exactly once, the route's order holds and every reason says so.
 */
export function custom(rank: CustomStrategy): Comparison {
  return (candidates, signals) => {
    const inOrder = [...candidates].sort((a, b) => a.place - b.place)
    try {
      const ranks: unknown = rank(
        inOrder.map((candidate) => Object.freeze({ ...candidate })),
        Object.freeze({ ...signals }),
      )
      return { ordered: checked(ranks, inOrder), signals: [] }
    } catch (error) {
      return inRoutesOrder(inOrder, error instanceof Error ? error.message : String(error))
    }
  }
}

/** @throws Error telling what is wrong with the result */
function checked(ranks: unknown, candidates: readonly Candidate[]): readonly Ranked[] {
  if (ranks instanceof Promise) {
    ranks.catch(() => undefined)
    throw new Error('it returned a promise, but has to answer at once')
  }
  if (!Array.isArray(ranks)) throw new Error('it returned no list')
  const left = new Map(candidates.map((candidate) => [candidate.target, candidate]))
  const ordered = ranks.map((rank: unknown, place): Ranked => {
    const { target, reason } = read(rank)
    const candidate = left.get(target)
    if (candidate === undefined) throw new Error(`it named ${short(target)}, which is no candidate or was named before`)
    left.delete(target)
    return { candidate, reason: reason ?? `${ordinal(place)} by the route's own strategy` }
  })
  const [forgotten] = left.keys()
  if (forgotten !== undefined) throw new Error(`it left out ${forgotten}`)
  return ordered
}

function read(rank: unknown): { readonly target: string; readonly reason: string | null } {
  if (typeof rank === 'string') return { target: rank, reason: null }
  if (typeof rank !== 'object' || rank === null || !('target' in rank) || typeof rank.target !== 'string') {
    throw new Error('it returned something that names no target')
  }
  const reason = 'reason' in rank && typeof rank.reason === 'string' ? rank.reason.trim() : ''
  return { target: rank.target, reason: reason === '' ? null : short(reason) }
}

function inRoutesOrder(candidates: readonly Candidate[], fault: string): ReturnType<Comparison> {
  return {
    ordered: candidates.map((candidate) => ({
      candidate,
      reason: `${ordinal(candidate.place)} in the route's order, since its own strategy failed`,
    })),
    signals: [{ name: 'strategy failed', value: short(fault) }],
  }
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON)}…`
}
