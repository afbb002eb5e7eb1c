import type { CompletionInput } from '../../core/completion-input.ts'
import { type Picodollars, parseUsd } from '../../core/money.ts'
import type { RoutingOverrides } from '../../core/request.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues } from './issues.ts'
import { checkModel } from './model-name.ts'
import { checkInteger } from './numbers.ts'

export function checkRouting(input: CompletionInput, limits: InputLimits, issues: Issues): RoutingOverrides {
  const routing = input.routing ?? {}
  const timeout = (field: 'firstTokenTimeoutMs' | 'idleTimeoutMs' | 'totalTimeoutMs') =>
    checkInteger(routing[field], { least: 1, most: limits.timeoutMs }, ['routing', field], issues)
  return {
    fallbacks: checkFallbacks(routing.fallbacks ?? [], limits, issues),
    maxCost: checkMaxCost(routing.maxCostUsd, issues),
    firstTokenTimeoutMs: timeout('firstTokenTimeoutMs'),
    idleTimeoutMs: timeout('idleTimeoutMs'),
    totalTimeoutMs: timeout('totalTimeoutMs'),
    midStream: routing.midStream ?? null,
  }
}

function checkFallbacks(fallbacks: readonly string[], limits: InputLimits, issues: Issues): readonly string[] {
  if (fallbacks.length > limits.fallbacks) {
    const path = ['routing', 'fallbacks']
    issues.add(path, `Must have at most ${limits.fallbacks} entries; this has ${fallbacks.length}.`)
    return []
  }
  for (const [index, name] of fallbacks.entries())
    checkModel(name, limits, ['routing', 'fallbacks', `${index}`], issues)
  return fallbacks
}

/** More digits than all the money there is; a bound on the work of reading it. */
const MOST_DIGITS = 32

function checkMaxCost(text: string | null | undefined, issues: Issues): Picodollars | null {
  if (text == null) return null
  const path = ['routing', 'maxCostUsd']
  const amount = text.length > MOST_DIGITS ? null : readUsd(text)
  if (amount === null) {
    issues.add(path, 'Must be a plain decimal number of US dollars with at most twelve decimals, such as "0.05".')
  } else if (amount <= 0n) {
    issues.add(path, 'Must be above zero; leave it out to set no bound.')
  }
  return amount
}

function readUsd(text: string): Picodollars | null {
  try {
    return parseUsd(text)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
