import type { Signals } from '../core/candidate.ts'
import type { RuleCondition } from '../core/route-policy.ts'
import { clockTime, isWithin } from './local-time.ts'

/** Whether a condition holds for a request. */
export function holds(condition: RuleCondition, signals: Signals): boolean {
  switch (condition.type) {
    case 'tag':
      return signals.tags.some(({ key, value }) => key === condition.key && condition.values.includes(value))
    case 'project':
      return condition.names.includes(signals.project)
    case 'endUser':
      return signals.endUser !== null && condition.ids.includes(signals.endUser)
    case 'inputTokens':
      return signals.inputTokens >= (condition.atLeast ?? 0) && signals.inputTokens <= (condition.atMost ?? Infinity)
    case 'needs':
      return condition.abilities.every((ability) => signals.needs.includes(ability))
    case 'time':
      return isWithin(condition, signals.now)
  }
}

/** A condition in words. */
export function said(condition: RuleCondition): string {
  switch (condition.type) {
    case 'tag':
      return `tag ${condition.key} is ${either(condition.values)}`
    case 'project':
      return `project is ${either(condition.names)}`
    case 'endUser':
      return `end user is ${either(condition.ids)}`
    case 'inputTokens':
      return `input is ${between(condition.atLeast, condition.atMost)} tokens`
    case 'needs':
      return `${condition.abilities.join(' and ')} needed`
    case 'time': {
      const days = condition.days.length === 0 ? '' : `${condition.days.join(', ')} `
      return `it is ${days}${clockTime(condition.from)} to ${clockTime(condition.to)} in ${condition.zone}`
    }
  }
}

/** More values than this are not listed. */
const LISTED = 3

function either(values: readonly string[]): string {
  return values.length > LISTED ? `one of ${values.length} values` : values.join(' or ')
}

function between(atLeast: number | null, atMost: number | null): string {
  if (atLeast === null) return `at most ${atMost}`
  return atMost === null ? `at least ${atLeast}` : `${atLeast} to ${atMost}`
}
