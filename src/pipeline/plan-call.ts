import { neededAbilities } from '../core/abilities.ts'
import type { Caller } from '../core/caller.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { CompletionRequest, RoutingOverrides } from '../core/request.ts'
import { type ModelRef, modelId, type RouteCandidate, type RoutePlan, type RouteSignal } from '../core/routing.ts'
import type { RouteDefaults } from '../core/settings.ts'
import type { CandidateFacts } from '../routing/candidate-facts.ts'
import { expectation, expectedUsage } from '../routing/expected-usage.ts'
import { planRoute, type RequestFacts } from '../routing/plan.ts'
import type { KnownTarget } from '../routing/resolve-target.ts'
import { hedgeSignal } from './attempt/hedge-delay.ts'
import type { Plannable } from './call-kinds.ts'
import type { EngineParts } from './engine-parts.ts'
import { plannedFirstTokenMs } from './first-token.ts'

export type PlanParts = Pick<
  EngineParts,
  'catalog' | 'clock' | 'random' | 'upstreams' | 'histories' | 'drivers' | 'settings'
>

/** A valid request, and who makes it. */
export interface PlannableCall extends Plannable {
  readonly caller: Caller
}

/** Who may answer, in which order, and why, by what is known now. */
export function planCall(parts: PlanParts, call: PlannableCall): RoutePlan {
  const { target, unsupported, versions } = call
  const facts = requestFacts(parts, call)
  const reached = new Set(target.models.map(modelId))
  const shadows = target.shadows.filter((ref) => !reached.has(modelId(ref)))
  const plan = planRoute(target, facts, [
    ...target.models.map((ref, index) => candidateFacts(parts, call, facts, ref, unsupported[index])),
    // What its driver can't express of it, a copy's own call tells.
    ...shadows.map((ref) => candidateFacts(parts, call, facts, ref)),
  ])
  const { inputTokens, needs, conversation } = facts
  const rules = effectiveRules(target, call.request.routing)
  return {
    ...plan,
    candidates: plan.candidates.map((candidate) => withTimeout(parts, candidate, call.request, rules)),
    signals: [...plan.signals, ...hedgeSignals(parts, plan, call.request, rules)],
    versions,
    request: { inputTokens, maxOutputTokens: conversation.sampling.maxOutputTokens, needs },
  }
}

function hedgeSignals(
  { upstreams }: PlanParts,
  { candidates }: Pick<RoutePlan, 'candidates'>,
  { task }: CompletionRequest,
  { hedge }: RouteDefaults,
): readonly RouteSignal[] {
  const hedges = hedge !== null && task.type === 'completion'
  return hedges ? [hedgeSignal(hedge, candidates, upstreams.measured)] : []
}

function withTimeout(
  parts: PlanParts,
  candidate: RouteCandidate,
  request: CompletionRequest,
  rules: RouteDefaults,
): RouteCandidate {
  const firstTokenTimeoutMs = candidate.eligible ? plannedFirstTokenMs(parts, candidate, request, rules) : null
  return firstTokenTimeoutMs === null ? candidate : { ...candidate, firstTokenTimeoutMs }
}

function requestFacts({ clock, random }: PlanParts, { request, inputTokens, caller }: PlannableCall): RequestFacts {
  const { conversation, tags, endUser, routing } = request
  return {
    conversation,
    tags,
    endUser,
    project: caller.projectName,
    inputTokens,
    needs: neededAbilities(conversation),
    draw: random(),
    now: clock.now(),
    maxCost: routing.maxCost,
  }
}

function candidateFacts(
  { catalog, upstreams, histories }: PlanParts,
  { target, request }: Plannable,
  { inputTokens, now }: RequestFacts,
  ref: ModelRef,
  unsupported: readonly InputIssue[] = [],
): CandidateFacts {
  const { name } = target.route
  const history = { ofModel: histories.ofModel(name, ref), ofRoute: histories.ofRoute(name) }
  const expected = expectation(request.conversation, inputTokens, history)
  return {
    ref,
    info: catalog.model(ref),
    expected,
    price: catalog.price(ref, expectedUsage(inputTokens, expected), now),
    unsupported,
    measured: upstreams.measured(ref),
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
