import type { Attempt } from '../../core/attempt.ts'
import { totalOf } from '../../core/cost.ts'
import type { ModelRef } from '../../core/routing.ts'
import { allowanceOf } from '../allowance.ts'
import { boundWith, mostOutput, mostPrice } from '../attempt-bound.ts'
import type { RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { OwnLimit } from './own-limit.ts'

/** The smallest limit on output that every provider takes (OpenAI's Responses API refuses less than 16). */
const SMALLEST_OUTPUT = 16

type Parts = Pick<EngineParts, 'catalog' | 'clock'>

/** A request that is under way. */
interface UnderWay {
  readonly ref: ModelRef
  readonly ownLimit: OwnLimit | null
}

/**
 * How many output tokens an attempt may produce without passing what is reserved for its call, whatever its input turns
 * out to be, after what other attempts used and what the one beside it may still use.
 * @returns null where it can't pass it, 'exhausted' where what is left doesn't pay for an answer of this model
 */
export function outputWithin(
  parts: Parts,
  call: RoutedCall,
  attempts: readonly Attempt[],
  ref: ModelRef,
  beside: UnderWay | null,
): number | null | 'exhausted' {
  const allowance = allowanceOf(call.reservations)
  if (allowance.USD === null && allowance.TOKENS === null) return null
  const { request } = call
  const sized = { request, inputTokens: call.inputMost + repeated(attempts) }
  const inFlight =
    beside && boundWith(parts, sized, beside.ref, beside.ownLimit?.tokens ?? mostOutput(parts, request, beside.ref))
  const caps: bigint[] = []
  if (allowance.TOKENS !== null) {
    caps.push(allowance.TOKENS - usedTokens(attempts) - (inFlight?.tokens ?? 0n) - BigInt(sized.inputTokens))
  }
  // What an unpriced model costs nobody knows, so no bound can hold it.
  const price = mostPrice(parts, request, sized.inputTokens, ref)
  if (allowance.USD !== null && price) {
    const forOutput = allowance.USD - spent(attempts) - (inFlight?.usd ?? 0n) - BigInt(sized.inputTokens) * price.input
    if (price.output > 0n) caps.push(floored(forOutput, price.output))
    else if (forOutput < 0n) return 'exhausted'
  }
  return capOf(caps, mostOutput(parts, request, ref))
}

function capOf(caps: readonly bigint[], most: number): number | null | 'exhausted' {
  if (caps.every((cap) => cap >= BigInt(most))) return null
  const cap = Number(caps.reduce((least, each) => (each < least ? each : least)))
  return cap < SMALLEST_OUTPUT ? 'exhausted' : cap
}

/** What an answer to be mended, or to be gone on with, adds to the input. */
function repeated(attempts: readonly Attempt[]): number {
  return attempts.reduce((sum, { usage }) => sum + (usage?.outputTokens ?? 0), 0)
}

function usedTokens(attempts: readonly Attempt[]): bigint {
  return attempts.reduce((sum, { usage }) => sum + BigInt(usage ? usage.inputTokens + usage.outputTokens : 0), 0n)
}

function spent(attempts: readonly Attempt[]): bigint {
  return attempts.reduce((sum, { cost }) => sum + (cost.priced ? totalOf(cost.parts) : 0n), 0n)
}

/** Below zero stays below zero. */
function floored(amount: bigint, price: bigint): bigint {
  return amount < 0n ? -1n : amount / price
}
