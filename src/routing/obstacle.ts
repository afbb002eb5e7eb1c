import type { ModelInfo } from '../core/catalog.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Picodollars } from '../core/money.ts'
import { aboutUsd } from './about-usd.ts'

/**
 * How far the estimate of the input may be above a model's window before the model is out. Estimates are a quarter off
 * at times, and a model that might do must not be lost to one: the provider's own word then counts.
 */
const MARGIN = 1.25

interface Facts {
  readonly info: ModelInfo
  readonly unsupported: readonly InputIssue[]
  readonly estimatedCost: Picodollars | null
}

interface Demand {
  readonly inputTokens: number
  readonly maxCost: Picodollars | null
}

/** Why a model can't answer this request, as a sentence; null where it can. */
export function obstacle(facts: Facts, demand: Demand): string | null {
  return inexpressible(facts) ?? tooLong(facts, demand) ?? tooDear(facts, demand)
}

function inexpressible({ info, unsupported }: Facts): string | null {
  if (unsupported.length === 0) return null
  const paths = [...new Set(unsupported.map(({ path }) => path.join('.')))]
  return `out: ${info.provider} can't express ${paths.join(', ')}`
}

function tooLong({ info: { contextWindow } }: Facts, { inputTokens }: Demand): string | null {
  if (contextWindow === null || inputTokens <= contextWindow * MARGIN) return null
  return `out: the input has about ${inputTokens} tokens and its context window only ${contextWindow}`
}

function tooDear({ estimatedCost }: Facts, { maxCost }: Demand): string | null {
  if (maxCost === null) return null
  if (estimatedCost === null) return 'out: it has no known price, so maxCostUsd could not be kept'
  if (estimatedCost <= maxCost) return null
  return `out: about ${aboutUsd(estimatedCost)} for this request, more than maxCostUsd allows (${aboutUsd(maxCost)})`
}
