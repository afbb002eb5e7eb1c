import type { ReplayableCall, ReplayQuery } from '../../core/replay.ts'
import { policiesWithin, type RoutePolicy } from '../../core/route-policy.ts'

/** Why it can't be told where a policy would have sent a call, as a sentence; null where it can. */
export function undecidable(
  { route, routes }: Pick<ReplayQuery, 'route' | 'routes'>,
  call: ReplayableCall,
): string | null {
  const policies = policiesWithin(route.policy, routes)
  if (policies.some(({ strategy }) => strategy === 'custom')) {
    return 'A function of the configuration ranks, which may look at the text; texts are not stored.'
  }
  if (policies.some(({ strategy }) => strategy === 'complexity') && complexityScore(call) === null) {
    return 'Its complexity was not assessed when it was made, and its text is not stored.'
  }
  if (policies.some(asksForNeeds) && call.request === null) {
    return 'What it needed (images, tools, a JSON Schema) was not stored when it was made.'
  }
  return null
}

/** The score that the classifier gave a call when it was planned; null where its plan has none. */
export function complexityScore({ signals }: Pick<ReplayableCall, 'signals'>): number | null {
  const signal = signals.find(({ name }) => name === 'complexity' || name.endsWith('.complexity'))
  const score = Number.parseFloat(signal?.value ?? '')
  return Number.isNaN(score) ? null : score
}

function asksForNeeds(policy: RoutePolicy): boolean {
  return policy.strategy === 'rules' && policy.rules.some(({ when }) => when.some(({ type }) => type === 'needs'))
}
