import type { Signals } from '../../core/candidate.ts'
import type { ExperimentPolicy, ExperimentVariant } from '../../core/route-policy.ts'
import type { AssignedVariant } from '../../core/routing.ts'
import { inStickyOrder, stickyName, stickyValue } from '../sticky.ts'
import type { Choice } from '../strategy.ts'

/**
 * The targets of the variant that the request is assigned to, and of no other, so that a variant's results are its own.
 * The assignment is a hash of the route's name and the end user or tag: it stays the same on every replica and at every
 * time, and where a weight changes or a variant comes or goes, only those move that have to. Requests without that end
 * user or tag are assigned by chance. Where nobody in the variant can answer, the request takes no part and is answered
 * by the next.
 */
export function experiment(
  name: string,
  { variants, stickyBy }: Pick<ExperimentPolicy, 'variants' | 'stickyBy'>,
): Choice {
  return (signals, canAnswer) => {
    const value = stickyValue(stickyBy, signals)
    const by = value === null ? 'chance' : stickyBy.type
    const how = value === null ? `by chance, without ${stickyName(stickyBy)}` : `by ${stickyName(stickyBy)}`
    const inTurn = inStickyOrder(variants, `${name}\n${value ?? chance(signals)}`)
    const [assigned] = inTurn
    const able = inTurn.find(({ models }) => canAnswer(models))
    if (assigned === undefined || (able !== undefined && able !== assigned)) return standIn(assigned, able)
    return {
      lists: [{ targets: assigned.models, reason: `variant "${assigned.name}", assigned ${how}` }],
      otherwise: `variant "${assigned.name}" is assigned and does not name it`,
      signals: [{ name: 'variant', value: `${assigned.name} (${how})` }],
      variants: [{ experiment: name, variant: assigned.name, by } satisfies AssignedVariant],
    }
  }
}

function chance({ draw }: Signals): string {
  return `chance ${draw}`
}

function standIn(assigned: ExperimentVariant | undefined, able: ExperimentVariant | undefined): ReturnType<Choice> {
  const reason = `variant "${able?.name}", outside the experiment: nobody in "${assigned?.name}" can answer`
  return {
    lists: [{ targets: able?.models ?? [], reason }],
    otherwise: `variant "${able?.name}" answers and does not name it`,
    signals: [{ name: 'variant', value: `none: nobody in ${assigned?.name} can answer` }],
    variants: [],
  }
}
