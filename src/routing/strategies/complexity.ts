import { type ModelRef, modelId } from '../../core/routing.ts'
import type { ComplexityTiers } from '../../core/settings.ts'
import { type Complexity, complexityOf, THRESHOLD } from '../classifier/complexity.ts'
import type { Candidate, Ranked, Strategy } from '../strategy.ts'

type Tier = keyof ComplexityTiers

const OTHER = { simple: 'complex', complex: 'simple' } satisfies Record<Tier, Tier>

/** The tier that fits the request first, in its own order; the other tier stands behind it. */
export function complexity(tiers: ComplexityTiers): Strategy {
  return (candidates, { conversation }) => {
    const assessed = complexityOf(conversation)
    const tier: Tier = assessed.complex ? 'complex' : 'simple'
    const inTier = take(tiers[tier], candidates)
    const rest = candidates.filter((candidate) => !inTier.includes(candidate))
    const inOther = take(tiers[OTHER[tier]], rest)
    const inNone = rest.filter((candidate) => !inOther.includes(candidate))
    return {
      ordered: [
        ...inTier.map((candidate) => ({ candidate, reason: `${tier} tier: ${because(assessed)}` })),
        ...inOther.map((candidate) => ({ candidate, reason: `${OTHER[tier]} tier, behind the ${tier} one` })),
        ...inNone.map((candidate): Ranked => ({ candidate, reason: 'in no tier, so it stands last' })),
      ],
      signals: assessed.signals,
    }
  }
}

/** The candidates of a tier, in the tier's order. */
function take(tier: readonly string[], candidates: readonly Candidate[]): readonly Candidate[] {
  const idOf = (ref: ModelRef) => tier.indexOf(modelId(ref))
  return candidates.filter((candidate) => idOf(candidate) >= 0).sort((a, b) => idOf(a) - idOf(b))
}

function because({ score, complex, because }: Complexity): string {
  const scored = `the request scored ${score.toFixed(2)}`
  if (complex) return `the request ${because ?? 'is complex'}; it scored ${score.toFixed(2)}, complex from ${THRESHOLD}`
  return `${scored}, complex from ${THRESHOLD}`
}
