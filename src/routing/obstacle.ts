import { ABILITIES, type Ability } from '../core/abilities.ts'
import type { ModelInfo } from '../core/catalog.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Picodollars } from '../core/money.ts'
import type { Requirements } from '../core/settings.ts'
import { aboutUsd } from './about-usd.ts'
import { unmet } from './requirements.ts'

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

export interface Demand {
  readonly inputTokens: number
  /** The caller's own limit on output; null where it sets none. */
  readonly maxOutputTokens: number | null
  readonly needs: readonly Ability[]
  readonly requires: Requirements
  readonly maxCost: Picodollars | null
}

/** Why a model can't or may not answer this request, as a sentence; null where it may. */
export function obstacle(facts: Facts, demand: Demand): string | null {
  return (
    disallowed(facts, demand) ??
    unable(facts, demand) ??
    inexpressible(facts) ??
    tooLong(facts, demand) ??
    tooMuchOutput(facts, demand) ??
    tooDear(facts, demand)
  )
}

function disallowed({ info }: Facts, { requires }: Demand): string | null {
  const lack = unmet(requires, info)
  return lack === null ? null : `out: ${lack}, as the route requires`
}

const LACKS = {
  vision: 'it takes no images',
  tools: 'it has no tools',
  jsonSchema: 'it can not answer by a JSON Schema',
} satisfies Record<Ability, string>

function unable({ info: { abilities } }: Facts, { needs }: Demand): string | null {
  const lacking = ABILITIES.filter((ability) => needs.includes(ability) && abilities[ability] === false)
  return lacking.length === 0 ? null : `out: ${lacking.map((ability) => LACKS[ability]).join(' and ')}`
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

function tooMuchOutput({ info }: Facts, { maxOutputTokens }: Demand): string | null {
  if (info.maxOutputTokens === null || maxOutputTokens === null || maxOutputTokens <= info.maxOutputTokens) return null
  return `out: maxOutputTokens is ${maxOutputTokens} and its own limit ${info.maxOutputTokens}`
}

function tooDear({ estimatedCost }: Facts, { maxCost }: Demand): string | null {
  if (maxCost === null) return null
  if (estimatedCost === null) return 'out: it has no known price, so maxCostUsd could not be kept'
  if (estimatedCost <= maxCost) return null
  return `out: about ${aboutUsd(estimatedCost)} for this request, more than maxCostUsd allows (${aboutUsd(maxCost)})`
}
