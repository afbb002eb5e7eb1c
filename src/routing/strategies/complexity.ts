import type { ComplexityTiers } from '../../core/route-policy.ts'
import { type Complexity, complexityOf, THRESHOLD } from '../classifier/complexity.ts'
import type { Choice } from '../strategy.ts'

type Tier = keyof ComplexityTiers

const OTHER = { simple: 'complex', complex: 'simple' } satisfies Record<Tier, Tier>

/** The tier that fits the request first, in its own order; the other tier stands behind it. */
export function complexity(tiers: ComplexityTiers): Choice {
  return ({ conversation }) => {
    const assessed = complexityOf(conversation)
    const tier: Tier = assessed.complex ? 'complex' : 'simple'
    const other = OTHER[tier]
    return {
      lists: [
        { targets: tiers[tier], reason: `${tier} tier: ${because(assessed)}` },
        { targets: tiers[other], reason: `${other} tier, behind the ${tier} one` },
      ],
      otherwise: 'it is in no tier',
      signals: assessed.signals,
      variants: [],
    }
  }
}

function because({ score, complex, because }: Complexity): string {
  const scored = `the request scored ${score.toFixed(2)}`
  if (complex) return `the request ${because ?? 'is complex'}; it scored ${score.toFixed(2)}, complex from ${THRESHOLD}`
  return `${scored}, complex from ${THRESHOLD}`
}
