import { UNKNOWN_ABILITIES } from '../../src/core/abilities.ts'
import { type Candidate, type Measured, type Signals, UNMEASURED } from '../../src/core/candidate.ts'
import type { ModelInfo } from '../../src/core/catalog.ts'
import type { Price } from '../../src/core/price.ts'
import type { RoutePolicy } from '../../src/core/route-policy.ts'
import { type ModelRef, modelId, parseModelId } from '../../src/core/routing.ts'
import {
  NO_REQUIREMENTS,
  type ProviderSettings,
  type RouteDefaults,
  type RouteSettings,
} from '../../src/core/settings.ts'
import type { CandidateFacts } from '../../src/routing/candidate-facts.ts'
import type { RequestFacts } from '../../src/routing/plan.ts'
import type { Ranking } from '../../src/routing/strategy.ts'
import { strategyOf } from '../../src/routing/strategy-of.ts'
import { asked } from '../router/asked.ts'

export const DEFAULTS: RouteDefaults = {
  timeouts: { firstTokenMs: 30_000, idleMs: 30_000, totalMs: 600_000 },
  attempts: { perModel: 2, perCall: 6 },
  midStream: 'RESTART',
  hedge: null,
  upstream: 'stream',
  maxCost: null,
  onContentRejected: 'fail',
  requires: NO_REQUIREMENTS,
}

export function route(name: string, policy: RoutePolicy, given: Partial<RouteDefaults> = {}): RouteSettings {
  return { ...DEFAULTS, ...given, name, policy }
}

/** Ranks by a policy of a route "main", whose targets may name other routes. */
export function rank(
  policy: RoutePolicy,
  candidates: readonly Candidate[],
  given: Signals = signals(),
  routes: readonly RouteSettings[] = [],
): Ranking {
  return strategyOf({ name: 'main', policy }, routes)(candidates, given)
}

/** The models in their order. */
export function order({ ordered }: Pick<Ranking, 'ordered'>): readonly string[] {
  return ordered.map((ranked) => modelId(ranked.candidate))
}

export function reasons({ ordered }: Pick<Ranking, 'ordered'>): readonly string[] {
  return ordered.map(({ reason }) => reason)
}

export function providers(...names: string[]): ProviderSettings[] {
  return names.map((name) => ({
    name,
    driver: 'openai-compatible',
    api: 'chat',
    baseUrl: null,
    keys: [],
    pricedAs: null,
    simulated: false,
    probeEveryMs: null,
  }))
}

function ref(id: string): ModelRef {
  const parsed = parseModelId(id)
  if (parsed === null) throw new Error(`${id} is no model`)
  return parsed
}

export function info(id: string, given: Partial<ModelInfo> = {}): ModelInfo {
  return {
    ...ref(id),
    contextWindow: null,
    maxOutputTokens: null,
    abilities: UNKNOWN_ABILITIES,
    region: null,
    dataPolicy: null,
    price: null,
    ...given,
  }
}

/** A price at which input and output cost the same, in picodollars a token. */
export function price(perToken: bigint): Price {
  const units = {
    input: perToken,
    cachedInput: perToken,
    cacheWrite: perToken,
    cacheWriteHour: perToken,
    output: perToken,
  }
  return { source: 'configuration', version: 'configuration', units }
}

const GUESS = { outputTokens: 500, cachedInputTokens: 0, answers: 0 }

export function facts(id: string, given: Partial<CandidateFacts> = {}): CandidateFacts {
  return {
    ref: ref(id),
    info: info(id),
    expected: GUESS,
    price: price(1_000_000n),
    unsupported: [],
    measured: UNMEASURED,
    circuit: 'CLOSED',
    ...given,
  }
}

export function signals(given: Partial<Signals> = {}): Signals {
  return {
    conversation: asked('What is the capital of France?'),
    inputTokens: 100,
    needs: [],
    draw: 0.5,
    now: Date.UTC(2026, 0, 1),
    project: 'web',
    tags: [],
    endUser: null,
    ...given,
  }
}

export function request(given: Partial<RequestFacts> = {}): RequestFacts {
  return { ...signals(), maxCost: null, ...given }
}

export function candidate(
  id: string,
  place: number,
  estimatedCost: bigint | null = 1_000_000n,
  given: Partial<Candidate> = {},
): Candidate {
  return {
    ...ref(id),
    target: id,
    place,
    info: info(id),
    estimatedCost,
    expected: GUESS,
    measured: UNMEASURED,
    circuit: 'CLOSED',
    ...given,
  }
}

export function measured(given: Partial<Measured>): Measured {
  return { ...UNMEASURED, ...given }
}

export function ids(refs: readonly ModelRef[]): readonly string[] {
  return refs.map(modelId)
}
