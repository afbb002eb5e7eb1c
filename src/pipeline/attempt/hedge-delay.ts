import type { Measured } from '../../core/candidate.ts'
import { type ModelRef, modelId, type RouteCandidate, type RouteSignal } from '../../core/routing.ts'
import type { HedgeSettings } from '../../core/settings.ts'

/** How long a model may be silent before another is asked beside it, in milliseconds; null where that is not known. */
export function hedgeDelayMs({ afterMs }: HedgeSettings, { firstTokenP95Ms }: Measured): number | null {
  return firstTokenP95Ms ?? afterMs
}

/** What a plan says of hedging: from when on a second candidate is asked beside the first. */
export function hedgeSignal(
  hedge: HedgeSettings,
  candidates: readonly RouteCandidate[],
  measured: (ref: ModelRef) => Measured,
): RouteSignal {
  return { name: 'hedge', value: hedgeWords(hedge, candidates, measured) }
}

function hedgeWords(
  hedge: HedgeSettings,
  candidates: readonly RouteCandidate[],
  measured: (ref: ModelRef) => Measured,
): string {
  const [first, second] = candidates.filter(({ eligible }) => eligible)
  if (!first || !second) return 'no: there is no second candidate'
  const { firstTokenP95Ms } = measured(first)
  const of = modelId(first)
  if (firstTokenP95Ms !== null) return `after ${Math.ceil(firstTokenP95Ms)} ms without output, the p95 of ${of}`
  const unknown = `too few answers of ${of} were measured lately to tell its p95`
  return hedge.afterMs === null ? `no: ${unknown}` : `after ${hedge.afterMs} ms without output: ${unknown}`
}
