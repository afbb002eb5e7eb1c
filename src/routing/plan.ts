import { costOf, type ModelInfo } from '../core/catalog.ts'
import { totalOf } from '../core/cost.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Picodollars } from '../core/money.ts'
import type { Price } from '../core/price.ts'
import type { CircuitState } from '../core/provider-health.ts'
import { type ModelRef, modelId, type RouteCandidate, type RoutePlan } from '../core/routing.ts'
import { expectedUsage } from './expected-usage.ts'
import { obstacle } from './obstacle.ts'
import { ordinal } from './ordinal.ts'
import type { KnownTarget } from './resolve-target.ts'
import type { Candidate, Ranked, Ranking, Signals } from './strategy.ts'
import { modelsOf, strategyOf } from './strategy-of.ts'

/** What is known of one model when a call is planned. */
export interface CandidateFacts {
  readonly ref: ModelRef
  readonly info: ModelInfo
  /** What this request's `expectedUsage` is priced at there now; null where the model is unpriced. */
  readonly price: Price | null
  /** What its driver can't express of the request; empty where it can express all. */
  readonly unsupported: readonly InputIssue[]
  readonly circuit: CircuitState
}

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
 * @param facts of each of the target's `models`, in any order
 */
export function planRoute(target: KnownTarget, request: RequestFacts, facts: readonly CandidateFacts[]): RoutePlan {
  const { route } = target
  const maxCost = request.maxCost ?? route.maxCost
  const own = modelsOf(route.policy)
  const fallbackIds = target.fallbacks.map(modelId)

  const able: Candidate[] = []
  const out: RouteCandidate[] = []
  for (const { ref, info, price, unsupported, circuit } of inOrder(target, facts)) {
    const estimatedCost = price === null ? null : totalOf(costOf(expectedUsage(request), price))
    const reason = obstacle({ info, unsupported, estimatedCost }, { inputTokens: request.inputTokens, maxCost })
    const place = own.indexOf(modelId(ref))
    if (reason === null) able.push({ ...ref, place, info, estimatedCost, circuit })
    else out.push({ ...ref, reason, eligible: false, estimatedCost })
  }

  const isFallback = (candidate: Candidate) => fallbackIds.includes(modelId(candidate))
  const ranking = rank(
    target,
    able.filter((candidate) => !isFallback(candidate)),
    request,
  )
  return {
    route: route.name,
    strategy: route.policy.strategy,
    candidates: [
      ...ranking.ordered.map(eligible),
      ...rankFallbacks(able.filter(isFallback), fallbackIds).map(eligible),
      ...out,
      ...target.unreachable.map(unreachable),
    ],
    signals: ranking.signals,
  }
}

function inOrder({ models }: KnownTarget, facts: readonly CandidateFacts[]): readonly CandidateFacts[] {
  const byId = new Map(facts.map((each) => [modelId(each.ref), each]))
  return models.map((ref) => byId.get(modelId(ref))).filter((each) => each !== undefined)
}

function rank({ asked, route }: KnownTarget, candidates: readonly Candidate[], signals: Signals): Ranking {
  if (asked === 'route') return strategyOf(route.policy)(candidates, signals)
  return {
    ordered: candidates.map((candidate) => ({ candidate, reason: 'the model that was asked for' })),
    signals: [],
  }
}

function rankFallbacks(candidates: readonly Candidate[], ids: readonly string[]): readonly Ranked[] {
  const placeOf = (candidate: Candidate) => ids.indexOf(modelId(candidate))
  return [...candidates]
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map((candidate) => ({ candidate, reason: `${ordinal(placeOf(candidate))} of the caller's fallbacks` }))
}

function eligible({ candidate, reason }: Ranked): RouteCandidate {
  const { provider, model, estimatedCost, circuit } = candidate
  return { provider, model, reason: `${reason}${CIRCUIT[circuit]}`, eligible: true, estimatedCost }
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
