import type { RulesPolicy } from '../../core/route-policy.ts'
import { holds, said } from '../rule-condition.ts'
import type { Choice } from '../strategy.ts'

/** The targets of the first rule whose conditions all hold, in their order, and no others. */
export function rules({ rules: all, otherwise }: Pick<RulesPolicy, 'rules' | 'otherwise'>): Choice {
  return (signals) => {
    const rule = all.find(({ when }) => when.every((condition) => holds(condition, signals)))
    if (rule === undefined) {
      const because = otherwise.length === 0 ? 'no rule applies' : 'no rule applies, and it is not in `otherwise`'
      return {
        lists: [{ targets: otherwise, reason: 'no rule applies' }],
        otherwise: because,
        signals: [{ name: 'rule', value: 'none' }],
        variants: [],
      }
    }
    const why = rule.when.length === 0 ? 'it has no condition' : rule.when.map(said).join(' and ')
    return {
      lists: [{ targets: rule.models, reason: `rule "${rule.name}": ${why}` }],
      otherwise: `the rule "${rule.name}" applies and does not name it`,
      signals: [{ name: 'rule', value: `${rule.name}: ${why}` }],
      variants: [],
    }
  }
}
