import type { Candidate, Signals } from '../core/candidate.ts'
import { costOf } from '../core/catalog.ts'
import { totalOf } from '../core/cost.ts'
import type { Picodollars } from '../core/money.ts'
import type { CircuitState } from '../core/provider-health.ts'
import { modelsOf } from '../core/route-policy.ts'
import { type ModelRef, modelId, type RankedPlan, type RouteCandidate } from '../core/routing.ts'
import type { CandidateFacts } from './candidate-facts.ts'
import { expectedUsage } from './expected-usage.ts'
import { obstacle } from './obstacle.ts'
import { ordinal } from './ordinal.ts'
import { plannedShadows } from './planned-shadows.ts'
import type { KnownTarget } from './resolve-target.ts'
import type { Ranked, Ranking } from './strategy.ts'
import { strategyOf } from './strategy-of.ts'

/** What is known of the request when it is planned. */
export interface RequestFacts extends Signals {
  /** The caller's own bound; null leaves the route's. */
  readonly maxCost: Picodollars | null
}

/**
 * Who may answer a request, in which order, and why. Models that can't are taken out before the route's strategy ranks
 * the others; they stand last, with what is in their way. The caller's fallbacks stand behind the route's own models, in
 * the caller's order. A model whose circuit is open keeps its place, since it may have closed by the time that it is
 * its turn: the reason says so.
 * @param facts of each of the target's `models` and `shadows`, in any order
 */
export function planRoute(target: KnownTarget, request: RequestFacts, facts: readonly CandidateFacts[]): RankedPlan {
  const { route } = target
  const demand = {
    inputTokens: request.inputTokens,
    maxOutputTokens: request.conversation.sampling.maxOutputTokens,
    needs: request.needs,
    requires: route.requires,
    maxCost: request.maxCost ?? route.maxCost,
  }
  const own = modelsOf(route.policy, target.routes)
  const fallbackIds = target.fallbacks.map(modelId)

  const able: Candidate[] = []
  const out: RouteCandidate[] = []
  for (const each of inOrder(target, facts)) {
    const candidate = candidateOf(each, request, own)
    const reason = obstacle({ ...each, estimatedCost: candidate.estimatedCost }, demand)
    if (reason === null) able.push(candidate)
    else out.push(shown(candidate, reason, 'out'))
  }

  const isFallback = (candidate: Candidate) => fallbackIds.includes(modelId(candidate))
  const ranking = rank(
    target,
    able.filter((candidate) => !isFallback(candidate)),
    request,
  )
  const shadows = plannedShadows(ranking.shadows, facts, demand)
  return {
    route: route.name,
    strategy: route.policy.strategy,
    candidates: [
      ...[...ranking.ordered, ...rankFallbacks(able.filter(isFallback), fallbackIds)].map(eligible),
      ...ranking.out.map(({ candidate, reason }) => shown(candidate, `out: ${reason}`, 'out')),
      ...out,
      ...target.unreachable.map(unreachable),
    ],
    signals: [...ranking.signals, ...shadows.signals],
    variants: ranking.variants,
    shadows: shadows.planned,
  }
}

function inOrder({ models }: KnownTarget, facts: readonly CandidateFacts[]): readonly CandidateFacts[] {
  const byId = new Map(facts.map((each) => [modelId(each.ref), each]))
  return models.map((ref) => byId.get(modelId(ref))).filter((each) => each !== undefined)
}

function candidateOf(facts: CandidateFacts, { inputTokens }: RequestFacts, own: readonly string[]): Candidate {
  const { ref, info, expected, price, measured, circuit } = facts
  const estimatedCost = price === null ? null : totalOf(costOf(expectedUsage(inputTokens, expected), price))
  const target = modelId(ref)
  return { ...ref, target, place: own.indexOf(target), info, expected, estimatedCost, measured, circuit }
}

function rank({ asked, route, routes }: KnownTarget, candidates: readonly Candidate[], signals: Signals): Ranking {
  if (asked === 'route') return strategyOf(route, routes)(candidates, signals)
  const reason = 'the model that was asked for'
  return {
    ordered: candidates.map((candidate) => ({ candidate, reason })),
    out: [],
    signals: [],
    variants: [],
    shadows: [],
  }
}

function rankFallbacks(candidates: readonly Candidate[], ids: readonly string[]): readonly Ranked[] {
  const placeOf = (candidate: Candidate) => ids.indexOf(modelId(candidate))
  return [...candidates]
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map((candidate) => ({ candidate, reason: `${ordinal(placeOf(candidate))} of the caller's fallbacks` }))
}

function eligible({ candidate, reason }: Ranked): RouteCandidate {
  return shown(candidate, `${reason}${CIRCUIT[candidate.circuit]}`, 'eligible')
}

function shown(candidate: Candidate, reason: string, standing: 'eligible' | 'out'): RouteCandidate {
  const { provider, model, estimatedCost } = candidate
  return { provider, model, reason, eligible: standing === 'eligible', estimatedCost }
}

const CIRCUIT = {
  CLOSED: '',
  OPEN: '; its circuit is open, so it is skipped until it closes',
  HALF_OPEN: '; its circuit is half open, so only one request at a time may probe it',
} satisfies Record<CircuitState, string>

function unreachable(ref: ModelRef): RouteCandidate {
  const reason = `out: no provider "${ref.provider}" is configured`
  return { ...ref, reason, eligible: false, estimatedCost: null }
}
