import type { UsageAmounts, UsageBound } from '../core/quota.ts'
import type { ModelRef } from '../core/routing.ts'
import { attemptBound, boundWith, type SizedRequest } from './attempt-bound.ts'
import type { ValidCall } from './call-kinds.ts'
import type { EngineParts } from './engine-parts.ts'

/** An answer shorter than this is not worth beginning where the caller set no limit of its own, in tokens. */
const LEAST_OUTPUT = 256

/**
 * What a call reserves of its quotas. At best each candidate may be asked once before one answers; a bound on the call's
 * cost bounds them all. At least one answer must be paid for: as long as the caller asked for at the dearest candidate,
 * or, where it set no limit, a short one at the cheapest.
 * @param inputMost more input tokens than any provider counts
 */
export function usageBound(
  parts: Pick<EngineParts, 'catalog' | 'clock'>,
  { request, target }: ValidCall,
  inputMost: number,
): UsageBound {
  const sized: SizedRequest = { request, inputTokens: inputMost }
  const bounds = target.models.map((ref) => attemptBound(parts, sized, ref))
  const limit = request.conversation.sampling.maxOutputTokens
  const short = (ref: ModelRef) => boundWith(parts, sized, ref, LEAST_OUTPUT)
  const least = limit === null ? smallest(target.models.map(short)) : largest(bounds)
  const most = request.routing.maxCost ?? target.route.maxCost
  const usd = sumOfDollars(bounds)
  const tokens = bounds.reduce((sum, bound) => sum + bound.tokens, 0n)
  return { USD: most !== null && (usd === null || usd > most) ? most : usd, TOKENS: tokens, least }
}

type Bounds = readonly { readonly tokens: bigint; readonly usd: bigint | null }[]

function sumOfDollars(bounds: Bounds): bigint | null {
  return bounds.reduce<bigint | null>((sum, { usd }) => (sum === null || usd === null ? null : sum + usd), 0n)
}

function smallest(bounds: Bounds): UsageAmounts {
  return amountsBy(bounds, (a, b) => (a < b ? a : b))
}

function largest(bounds: Bounds): UsageAmounts {
  return amountsBy(bounds, (a, b) => (a > b ? a : b))
}

function amountsBy(bounds: Bounds, better: (a: bigint, b: bigint) => bigint): UsageAmounts {
  const dollars = bounds.map(({ usd }) => usd).filter((usd) => usd !== null)
  const isKnown = dollars.length === bounds.length && dollars.length > 0
  return {
    USD: isKnown ? dollars.reduce(better) : null,
    TOKENS: bounds.length === 0 ? null : bounds.map(({ tokens }) => tokens).reduce(better),
  }
}
