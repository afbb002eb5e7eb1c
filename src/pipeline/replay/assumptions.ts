import type { ReplayQuery } from '../../core/replay.ts'
import { policiesWithin } from '../../core/route-policy.ts'

const ALWAYS = [
  'Only calls that were answered are replayed. The first candidate is taken to answer: failures are not replayed.',
  'Each call keeps its tokens, those read from a cache included, whichever model it goes to; a call that stays with its model keeps its cost.',
  "The caller's own fallbacks and bounds on cost are not stored and left out, and so is what only a driver knows it can't express.",
]

/** What a replay takes for granted, for people. */
export function assumptionsOf({ route, routes }: Pick<ReplayQuery, 'route' | 'routes'>): readonly string[] {
  const strategies = new Set(policiesWithin(route.policy, routes).map(({ strategy }) => strategy))
  const has = (...names: string[]) => names.some((name) => [...strategies].some((strategy) => strategy === name))
  return [
    ...ALWAYS,
    ...(has('fastest', 'leastBusy') ? ['Speed and load are what this process measures now, not what they were.'] : []),
    ...(has('weighted', 'experiment') ? ['Whatever is drawn by chance is drawn anew, the same for each replay.'] : []),
    ...(has('complexity') ? ['Complexity is as the classifier assessed it when the call was made.'] : []),
    ...(has('shadow') ? ['Copies to shadows are not in the costs.'] : []),
  ]
}
