import type { Picodollars } from '../core/money.ts'
import type { UnitPrices } from '../core/price.ts'
import type { CompletionRequest } from '../core/request.ts'
import type { ModelRef } from '../core/routing.ts'
import { NO_USAGE } from '../core/usage.ts'
import type { EngineParts } from './engine-parts.ts'

/** What a model is taken to answer at most where neither the caller nor the catalogue sets a limit, in tokens. */
const OUTPUT_BOUND = 16_384

type BoundParts = Pick<EngineParts, 'catalog' | 'clock'>

/** A request of which it is known how large it is. */
export interface SizedRequest {
  readonly request: CompletionRequest
  readonly inputTokens: number
}

/** The most that one request to a model may use; null dollars where it is unpriced. */
export function attemptBound(
  parts: BoundParts,
  sized: SizedRequest,
  ref: ModelRef,
): { readonly tokens: bigint; readonly usd: Picodollars | null } {
  return boundWith(parts, sized, ref, mostOutput(parts, sized.request, ref))
}

/** The same with so much output. */
export function boundWith(
  parts: BoundParts,
  { request, inputTokens }: SizedRequest,
  ref: ModelRef,
  outputTokens: number,
): { readonly tokens: bigint; readonly usd: Picodollars | null } {
  const price = mostPrice(parts, request, inputTokens, ref)
  const usd = price && BigInt(inputTokens) * price.input + BigInt(outputTokens) * price.output
  return { tokens: BigInt(inputTokens + outputTokens), usd }
}

/** The longest answer of a model. */
export function mostOutput(
  { catalog }: Pick<BoundParts, 'catalog'>,
  request: CompletionRequest,
  ref: ModelRef,
): number {
  return request.conversation.sampling.maxOutputTokens ?? catalog.model(ref).maxOutputTokens ?? OUTPUT_BOUND
}

/**
 * The most that a token of input and one of output cost: what a provider's cache takes up costs more than plain input,
 * and what the caller asks of the provider alone may be a longer time in it or a dearer tier.
 */
export function mostPrice(
  { catalog, clock }: BoundParts,
  { providerOptions }: CompletionRequest,
  inputTokens: number,
  ref: ModelRef,
): { readonly input: Picodollars; readonly output: Picodollars } | null {
  const usage = { ...NO_USAGE, inputTokens }
  const usual = catalog.price(ref, usage, clock.now())?.units
  if (!usual) return null
  const hasOptions = Object.keys(providerOptions).length > 0
  const dear = (hasOptions && catalog.price(ref, usage, clock.now(), 'priority')?.units) || usual
  const inputs = (units: UnitPrices) => [units.input, units.cacheWrite, hasOptions ? units.cacheWriteHour : 0n]
  return {
    input: largest([...inputs(usual), ...inputs(dear)]),
    output: largest([usual.output, dear.output]),
  }
}

function largest(amounts: readonly bigint[]): bigint {
  return amounts.reduce((most, each) => (each > most ? each : most), 0n)
}
