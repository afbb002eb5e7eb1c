import type { ModelInfo } from '../../src/core/catalog.ts'
import type { Price } from '../../src/core/price.ts'
import { type ModelRef, modelId, parseModelId } from '../../src/core/routing.ts'
import type { ProviderSettings, RouteDefaults, RoutePolicy, RouteSettings } from '../../src/core/settings.ts'
import type { CandidateFacts, RequestFacts } from '../../src/routing/plan.ts'
import type { Candidate, Signals } from '../../src/routing/strategy.ts'
import { asked } from '../router/asked.ts'

export const DEFAULTS: RouteDefaults = {
  timeouts: { firstTokenMs: 30_000, idleMs: 30_000, totalMs: 600_000 },
  attempts: { perModel: 2, perCall: 6 },
  midStream: 'RESTART',
  upstream: 'stream',
  maxCost: null,
  onContentRejected: 'fail',
}

export function route(name: string, policy: RoutePolicy, given: Partial<RouteDefaults> = {}): RouteSettings {
  return { ...DEFAULTS, ...given, name, policy }
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
  }))
}

function ref(id: string): ModelRef {
  const parsed = parseModelId(id)
  if (parsed === null) throw new Error(`${id} is no model`)
  return parsed
}

export function info(id: string, given: Partial<ModelInfo> = {}): ModelInfo {
  return { ...ref(id), contextWindow: null, maxOutputTokens: null, price: null, ...given }
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

export function facts(id: string, given: Partial<CandidateFacts> = {}): CandidateFacts {
  return { ref: ref(id), info: info(id), price: price(1_000_000n), unsupported: [], circuit: 'CLOSED', ...given }
}

export function signals(given: Partial<Signals> = {}): Signals {
  return {
    conversation: asked('What is the capital of France?'),
    inputTokens: 100,
    cachedInputTokens: 0,
    expectedOutputTokens: 500,
    draw: 0.5,
    now: Date.UTC(2026, 0, 1),
    tags: [],
    endUser: null,
    ...given,
  }
}

export function request(given: Partial<RequestFacts> = {}): RequestFacts {
  return { ...signals(), maxCost: null, ...given }
}

export function candidate(id: string, place: number, estimatedCost: bigint | null = 1_000_000n): Candidate {
  return { ...ref(id), place, info: info(id), estimatedCost, circuit: 'CLOSED' }
}

export function ids(refs: readonly ModelRef[]): readonly string[] {
  return refs.map(modelId)
}
