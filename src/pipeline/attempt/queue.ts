import type { RouteCandidate } from '../../core/routing.ts'

/** The candidates of a call in the order in which they are tried, and which of them have had their turn. */
export interface Queue {
  readonly candidates: readonly RouteCandidate[]
  /** From this position on, then those before it that gave their turn back. */
  from(position: number): readonly Placed[]
  takesTurn(position: number): void
  /** It was neither found able nor unable: another one was faster. */
  givesTurnBack(position: number): void
  hadTurn(candidate: RouteCandidate): boolean
}

export interface Placed {
  readonly position: number
  readonly candidate: RouteCandidate
}

export function queueOf(candidates: readonly RouteCandidate[]): Queue {
  const turns = new Map<RouteCandidate, 'taken' | 'givenBack'>()
  const placed = candidates.map((candidate, position) => ({ position, candidate }))

  function note(position: number, turn: 'taken' | 'givenBack'): void {
    const candidate = candidates[position]
    if (candidate) turns.set(candidate, turn)
  }

  return {
    candidates,
    from(position) {
      const earlier = placed.slice(0, position).filter(({ candidate }) => turns.get(candidate) === 'givenBack')
      return [...placed.slice(position), ...earlier]
    },
    takesTurn: (position) => note(position, 'taken'),
    givesTurnBack: (position) => note(position, 'givenBack'),
    hadTurn: (candidate) => turns.get(candidate) === 'taken',
  }
}
