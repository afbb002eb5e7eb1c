import type { InputIssue } from '../core/input-issue.ts'
import type { CompletionRequest, RoutingOverrides } from '../core/request.ts'
import type { ModelRef, RoutePlan } from '../core/routing.ts'
import type { RouteDefaults } from '../core/settings.ts'
import { expectedOutputTokens, expectedUsage } from '../routing/expected-usage.ts'
import { type CandidateFacts, planRoute, type RequestFacts } from '../routing/plan.ts'
import type { KnownTarget } from '../routing/resolve-target.ts'
import type { EngineParts } from './engine.ts'

export type PlanParts = Pick<EngineParts, 'catalog' | 'clock' | 'random' | 'upstreams'>

/** A valid request, as far as its plan depends on it. */
export interface Plannable {
  readonly request: CompletionRequest
  readonly target: KnownTarget
  readonly inputTokens: number
  /** What each model's driver can't express of the request, in the order of the target's models. */
  readonly unsupported: readonly (readonly InputIssue[])[]
}

/** Who may answer, in which order, and why, by what is known now. */
export function planCall(parts: PlanParts, call: Plannable): RoutePlan {
  const facts = requestFacts(parts, call)
  const candidates = call.target.models.map((ref, index) => candidateFacts(parts, ref, facts, call.unsupported[index]))
  return planRoute(call.target, facts, candidates)
}

function requestFacts({ clock, random }: PlanParts, { request, inputTokens }: Plannable): RequestFacts {
  const { conversation, tags, endUser, routing } = request
  return {
    conversation,
    tags,
    endUser,
    inputTokens,
    cachedInputTokens: 0,
    expectedOutputTokens: expectedOutputTokens(conversation),
    draw: random(),
    now: clock.now(),
    maxCost: routing.maxCost,
  }
}

function candidateFacts(
  { catalog, upstreams }: PlanParts,
  ref: ModelRef,
  facts: RequestFacts,
  unsupported: readonly InputIssue[] = [],
): CandidateFacts {
  return {
    ref,
    info: catalog.model(ref),
    price: catalog.price(ref, expectedUsage(facts), facts.now),
    unsupported,
    circuit: upstreams.circuit(ref),
  }
}

/** The route's rules with the caller's overrides for this one call. */
export function effectiveRules({ route }: KnownTarget, overrides: RoutingOverrides): RouteDefaults {
  const { timeouts, midStream, maxCost } = route
  return {
    ...route,
    timeouts: {
      firstTokenMs: overrides.firstTokenTimeoutMs ?? timeouts.firstTokenMs,
      idleMs: overrides.idleTimeoutMs ?? timeouts.idleMs,
      totalMs: overrides.totalTimeoutMs ?? timeouts.totalMs,
    },
    midStream: overrides.midStream ?? midStream,
    maxCost: overrides.maxCost ?? maxCost,
  }
}
