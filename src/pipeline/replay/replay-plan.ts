import type { Caller } from '../../core/caller.ts'
import type { Conversation } from '../../core/conversation.ts'
import type { ReplayableCall, ReplayQuery } from '../../core/replay.ts'
import type { RoutePolicy } from '../../core/route-policy.ts'
import type { ModelRef } from '../../core/routing.ts'
import type { RouteSettings } from '../../core/settings.ts'
import type { CandidateFacts } from '../../routing/candidate-facts.ts'
import { THRESHOLD } from '../../routing/classifier/complexity.ts'
import { planRoute, type RequestFacts } from '../../routing/plan.ts'
import { resolveTarget } from '../../routing/resolve-target.ts'
import type { EngineParts } from '../engine-parts.ts'
import { complexityScore } from './undecidable.ts'

export type ReplayPlanParts = Pick<EngineParts, 'settings' | 'catalog' | 'upstreams'>

type Tier = 'simple' | 'complex'

/** Who would have been asked first for a call under the query's policy; null where nobody could answer. */
export function replayPlan(
  parts: ReplayPlanParts,
  { projectName }: Caller,
  { route, routes }: ReplayQuery,
): (call: ReplayableCall) => ModelRef | null {
  const targetOf = (tier: Tier) => {
    const decided = routes.map((each) => ({ ...each, policy: decidedPolicy(each, tier) }))
    return resolveTarget(route.name, [], { ...parts.settings, routes: decided })
  }
  const targets: Readonly<Record<Tier, ReturnType<typeof targetOf>>> = {
    simple: targetOf('simple'),
    complex: targetOf('complex'),
  }
  return (call) => {
    const target = targets[(complexityScore(call) ?? 0) >= THRESHOLD ? 'complex' : 'simple']
    if (target.type === 'unknown') return null
    const facts = requestFacts(call, projectName)
    const plan = planRoute(
      target,
      facts,
      target.models.map((ref) => candidateFacts(parts, ref, call)),
    )
    const first = plan.candidates.find(({ eligible }) => eligible)
    return first === undefined ? null : { provider: first.provider, model: first.model }
  }
}

/** Where the request's complexity is known without its text, its tier is an order like any other. */
function decidedPolicy({ policy }: RouteSettings, tier: Tier): RoutePolicy {
  if (policy.strategy !== 'complexity') return policy
  const { simple, complex } = policy.tiers
  const models = tier === 'simple' ? [...simple, ...complex] : [...complex, ...simple]
  return { strategy: 'priority', models: [...new Set(models)] }
}

function requestFacts(call: ReplayableCall, project: string): RequestFacts {
  const { request, usage } = call
  return {
    conversation: emptyConversation(request?.maxOutputTokens ?? null),
    inputTokens: request?.inputTokens ?? usage.inputTokens,
    needs: request?.needs ?? [],
    draw: drawOf(call.id),
    now: call.createdAt,
    project,
    tags: call.tags,
    endUser: call.endUser,
    maxCost: null,
  }
}

function candidateFacts({ catalog, upstreams }: ReplayPlanParts, ref: ModelRef, call: ReplayableCall): CandidateFacts {
  const { outputTokens, cachedInputTokens } = call.usage
  return {
    ref,
    info: catalog.model(ref),
    expected: { outputTokens, cachedInputTokens, answers: 1 },
    price: catalog.price(ref, call.usage, call.createdAt),
    unsupported: [],
    measured: upstreams.measured(ref),
    circuit: 'CLOSED',
  }
}

/** Chance that is always the same for a call, from 0, inclusive, to 1, exclusive: the random end of its id. */
function drawOf(id: string): number {
  return Number.parseInt(id.slice(-12), 16) / 2 ** 48
}

/** Stands in the place of what was said, which is not stored. Nothing that is asked of it reads more than the limit. */
function emptyConversation(maxOutputTokens: number | null): Conversation {
  const sampling = { maxOutputTokens, temperature: null, topP: null, stop: [], seed: null }
  return { messages: [], tools: [], toolChoice: null, output: { type: 'text' }, sampling, reasoning: null }
}
