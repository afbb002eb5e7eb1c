import { UNKNOWN_ABILITIES } from '../../src/core/abilities.ts'
import type { AccessAdmin } from '../../src/core/access.ts'
import type { Attempt } from '../../src/core/attempt.ts'
import type { LedgerCall } from '../../src/core/call.ts'
import type { CallCursor, CallFilter } from '../../src/core/call-list.ts'
import type { Caller, Scope } from '../../src/core/caller.ts'
import { CallsGone } from '../../src/core/calls-gone.ts'
import type { Catalog, ModelInfo } from '../../src/core/catalog.ts'
import type { Completion } from '../../src/core/completion.ts'
import type { NumberedEvent } from '../../src/core/events.ts'
import type { LedgerReader } from '../../src/core/ledger.ts'
import type { CircuitHealth, ProviderHealth } from '../../src/core/provider-health.ts'
import type { Quota } from '../../src/core/quota.ts'
import type { Reconciliation } from '../../src/core/reconciliation.ts'
import type { RouteAdmin } from '../../src/core/route-admin.ts'
import { type RouteBook, routesInForce } from '../../src/core/route-book.ts'
import type { RoutePlan } from '../../src/core/routing.ts'
import type { RouteSettings } from '../../src/core/settings.ts'
import { addTo, bucketOf } from '../../src/core/sketch.ts'
import { LedgerUnavailable } from '../../src/core/unavailable.ts'
import type { UsageMetrics, UsageQuery } from '../../src/core/usage-report.ts'
import type { GraphParts } from '../../src/graph/context.ts'
import type { CallResult, EmbedCallResult, Gateway, Incoming } from '../../src/pipeline/gateway.ts'

/** The rooms that the graph calls, as small as can be, and a record of what was asked of them. */
export interface House extends GraphParts {
  readonly asked: {
    readonly calls: { filter: CallFilter; first: number; after: CallCursor | null }[]
    readonly attempts: (readonly string[])[]
    readonly usage: UsageQuery[]
    readonly incoming: Incoming[]
    readonly joined: { callId: string; after: number }[]
    readonly cancelled: string[]
  }
  /** Resolves with the time (`performance.now()`) at which a caller was seen to leave. */
  readonly left: Promise<number>
}

const PROJECT = '0198f7a0-0000-7000-8000-000000000001'

export function callerWithScopes(...scopes: Scope[]): Caller {
  return {
    projectId: PROJECT,
    projectName: 'web',
    apiKeyId: '0198f7a0-0000-7000-8000-0000000000aa',
    scopes,
    allowedModels: null,
    allowedRoutes: null,
    store: 'NONE',
    allowedOrigins: null,
    browserToken: null,
  }
}

export function callId(number: number): string {
  return `0198f7a0-0000-7000-8000-${number.toString().padStart(12, '0')}`
}

const ATTEMPT: Attempt = {
  number: 1,
  provider: 'simulator',
  model: 'small',
  answeredModel: 'small-2025',
  key: 'SIMULATOR_KEY',
  serviceTier: null,
  outcome: 'SUCCEEDED',
  failure: null,
  startedAt: Date.UTC(2025, 0, 1),
  durationMs: 12.5,
  firstTokenMs: 3.5,
  usage: {
    inputTokens: 100,
    cachedInputTokens: 40,
    cacheWriteTokens: 0,
    cacheWriteHourTokens: 0,
    outputTokens: 10,
    reasoningTokens: 4,
    estimated: false,
  },
  cost: {
    priced: true,
    price: {
      source: 'catalogue',
      version: 'list@1',
      units: { input: 250_000n, cachedInput: 25_000n, cacheWrite: 1n, cacheWriteHour: 2n, output: 2_000_000n },
    },
    parts: { input: 9_000_000n, cachedInput: 750_000n, cacheWrite: 0n, output: 9_000_000n },
  },
}

const FAILED_ATTEMPT: Attempt = {
  ...ATTEMPT,
  outcome: 'FAILED',
  failure: { message: 'The model is overloaded.', kind: 'OVERLOADED', httpStatus: 529 },
  firstTokenMs: null,
  usage: null,
  cost: { priced: false },
}

const PLAN: RoutePlan = {
  route: 'chat',
  strategy: 'priority',
  candidates: [
    { provider: 'simulator', model: 'small', reason: 'First in line.', eligible: true, estimatedCost: 18_750_000n },
    { provider: 'simulator', model: 'odd', reason: 'No tools.', eligible: false, estimatedCost: null },
  ],
  signals: [{ name: 'tools', value: '1' }],
  variants: [],
  shadows: [],
  versions: [{ route: 'chat', version: 2 }],
  request: null,
}

const COMPLETION: Completion = {
  callId: callId(1),
  text: 'Hello.',
  reasoning: null,
  json: undefined,
  toolCalls: [{ id: 't1', name: 'weather', arguments: { city: 'Bern' } }],
  finishReason: 'STOP',
  lengthLimit: null,
  provider: 'simulator',
  model: 'small',
  usage: ATTEMPT.usage ?? fail(),
  cost: {
    priced: true,
    parts: { input: 9_000_000n, cachedInput: 750_000n, cacheWrite: 0n, output: 9_000_000n },
    wasted: 0n,
    saved: 0n,
  },
  latency: { totalMs: 20.25, firstTokenMs: 5, overheadMs: 1.5 },
  attempts: [FAILED_ATTEMPT, { ...ATTEMPT, number: 2 }],
  cacheStatus: 'MISS',
  providerState: { provider: 'simulator', state: { signature: 'abc' } },
}

function ledgerCall(number: number): LedgerCall {
  return {
    id: callId(number),
    status: 'SUCCEEDED',
    createdAt: Date.UTC(2025, 0, 1) + number,
    finishedAt: Date.UTC(2025, 0, 1) + number + 20,
    requestedModel: 'chat',
    provider: 'simulator',
    model: 'small',
    error: null,
    usage: COMPLETION.usage,
    cost: { ...COMPLETION.cost, priced: number % 2 === 1 },
    latency: COMPLETION.latency,
    tags: [{ key: 'team', value: 'blue' }],
    endUser: null,
    cacheStatus: 'MISS',
    plan: PLAN,
    lastSeq: 3,
  }
}

const QUOTAS: readonly Quota[] = [
  {
    id: 'q1',
    scope: { type: 'project' },
    unit: 'USD',
    window: 'MONTH',
    limit: 10_000_000_000_000n,
    used: 1_500_000_000_000n,
    reserved: 0n,
    resetsAt: Date.UTC(2025, 1, 1),
    thresholds: [50, 80, 100],
    subject: null,
    amounts: 'exact',
  },
  {
    id: 'q2',
    scope: { type: 'project' },
    unit: 'TOKENS',
    window: 'TOTAL',
    limit: 9_007_199_254_740_993n,
    used: 12n,
    reserved: 3n,
    resetsAt: null,
    thresholds: [],
    subject: null,
    amounts: 'exact',
  },
]

const DEFAULTS = {
  timeouts: { firstTokenMs: 1, idleMs: 1, totalMs: 1 },
  attempts: { perModel: 2, perCall: 6 },
  midStream: 'RESTART',
  hedge: null,
  upstream: 'stream',
  maxCost: null,
  onContentRejected: 'fail',
  requires: { regions: [], dataPolicies: [] },
} as const

const ROUTES: readonly RouteSettings[] = [
  { ...DEFAULTS, name: 'chat', policy: { strategy: 'priority', models: ['simulator/small', 'simulator/large'] } },
  {
    ...DEFAULTS,
    name: 'mix',
    policy: { strategy: 'weighted', models: [{ model: 'simulator/small', weight: 2 }], stickyBy: null },
  },
  {
    ...DEFAULTS,
    name: 'auto',
    policy: {
      strategy: 'complexity',
      tiers: { simple: ['simulator/small'], complex: ['simulator/large', 'simulator/small'] },
    },
  },
]

const UNSAID = { abilities: UNKNOWN_ABILITIES, region: null, dataPolicy: null }

const MODELS: readonly ModelInfo[] = [
  {
    provider: 'simulator',
    model: 'small',
    contextWindow: 128_000,
    maxOutputTokens: 4_096,
    ...UNSAID,
    price: { input: 150_000n, cachedInput: 75_000n, cacheWrite: 150_000n, cacheWriteHour: 150_000n, output: 600_000n },
  },
  { provider: 'simulator', model: 'odd', contextWindow: null, maxOutputTokens: null, price: null, ...UNSAID },
]

function bookOf(routes: readonly RouteSettings[]): RouteBook {
  const inForce = routesInForce(routes)
  return { current: () => inForce }
}

/** Tests of the graph change no routes: those of the house do. */
const UNCHANGEABLE: RouteAdmin = {
  publish: fail,
  rollBack: fail,
  versions: async () => [],
  draft: fail,
  draftOfVersion: fail,
}

/** Nor do they change projects and keys. */
const CLOSED: AccessAdmin = {
  projects: { page: fail, create: fail, update: fail, archive: fail, restore: fail },
  keys: { page: fail, create: fail, update: fail, rotate: fail, revoke: fail },
  browserTokens: { mint: fail },
}

export function createHouse(): House {
  const asked: House['asked'] = { calls: [], attempts: [], usage: [], incoming: [], joined: [], cancelled: [] }
  const { promise: left, resolve: leave } = Promise.withResolvers<number>()
  const onLeave = () => leave(performance.now())
  return {
    asked,
    left,
    gateway: createGateway(asked, onLeave),
    ledger: createLedger(asked),
    catalog: createCatalog(),
    routes: bookOf(ROUTES),
    routeAdmin: UNCHANGEABLE,
    access: CLOSED,
    audit: { page: async () => ({ entries: [], hasNextPage: false }) },
    feedback: { rate: async () => null, ratings: async () => new Map(), variants: async () => [] },
    quotaAdmin: { projectNamed: async () => null, set: fail, delete: fail },
    quotaEvents: { follow: fail },
    payloads: { read: async () => new Map(), erase: async () => null },
    usageTicks: { follow: () => null },
  }
}

function createGateway(asked: House['asked'], onLeave: () => void): Gateway {
  return {
    async complete(incoming, signal) {
      asked.incoming.push(incoming)
      return result(incoming, signal, onLeave)
    },
    async embed({ input, caller }, signal): Promise<EmbedCallResult> {
      const ended = await result({ input, caller }, signal, onLeave)
      if (ended.type === 'failed') return ended
      return { type: 'embedded', embedding: { ...ended.completion, vectors: input.texts.map(() => [0.5, -0.25]) } }
    },
    stream(incoming) {
      asked.incoming.push(incoming)
      return events(incoming.input.model, onLeave)
    },
    join(_caller, id, after) {
      asked.joined.push({ callId: id, after })
      return events('chat', onLeave)
    },
    async cancel(_caller, id) {
      asked.cancelled.push(id)
    },
    async explain(_caller, input) {
      if (input.model !== 'wrong') return { type: 'plan', plan: PLAN }
      return { type: 'invalid', issues: [{ path: ['topP'], message: 'Must be at most 1.' }] }
    },
    health: () => [HEALTH],
    circuits: () => [CIRCUIT],
    async *followHealth() {
      yield HEALTH
    },
    replay: fail,
  }
}

const CIRCUIT: CircuitHealth = {
  model: 'gpt-5-mini',
  key: 'OPENAI_API_KEY',
  state: 'OPEN',
  blockedForMs: 4_000,
  errorRate: 0.5,
  firstToken: sketchOf(10, 20, 30),
}

const HEALTH: ProviderHealth = {
  name: 'simulator',
  circuit: 'HALF_OPEN',
  errorRate: 0.25,
  firstToken: sketchOf(10, 20, 30),
}

async function result({ input, caller }: Incoming, signal: AbortSignal, onLeave: () => void): Promise<CallResult> {
  const said = { message: 'Said.', retryable: false, retryAfterMs: null }
  if (!caller) return { type: 'failed', callId: callId(1), error: { ...said, type: 'NotAuthorizedError' } }
  switch (input.model) {
    case 'away':
      throw new LedgerUnavailable('connect ECONNREFUSED 10.0.0.1')
    case 'broken':
      throw new Error('the inside of the house')
    case 'full':
      return {
        type: 'failed',
        callId: callId(1),
        error: { ...said, type: 'QuotaExceededError', quota: QUOTAS[0] ?? fail() },
      }
    case 'down':
      return {
        type: 'failed',
        callId: callId(1),
        error: { ...said, type: 'AllAttemptsFailedError', attempts: [FAILED_ATTEMPT] },
      }
    case 'endless':
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      onLeave()
      return { type: 'failed', callId: callId(1), error: { ...said, type: 'CancelledError' } }
    default:
      return { type: 'completed', completion: COMPLETION }
  }
}

/** All events of a call; of the model `endless` only the first two, and then silence; `broken` breaks. */
function events(model: string, onLeave: () => void): AsyncIterableIterator<NumberedEvent> {
  const queue = [...(model === 'endless' ? EVENTS.slice(0, 2) : EVENTS)]
  let waiting: ((result: IteratorResult<NumberedEvent>) => void) | null = null
  const done = { done: true, value: undefined } as const
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const value = queue.shift()
      if (model === 'broken' && value?.seq === 3) throw new Error('the inside of the house')
      if (value) return { done: false, value }
      if (model !== 'endless') return done
      return new Promise((resolve) => {
        waiting = resolve
      })
    },
    async return() {
      onLeave()
      waiting?.(done)
      return done
    },
  }
}

const EVENTS: readonly NumberedEvent[] = (
  [
    { type: 'started', plan: PLAN },
    { type: 'attemptStarted', number: 1, provider: 'simulator', model: 'small' },
    { type: 'attemptFailed', attempt: FAILED_ATTEMPT, outputVoided: true, willContinue: true },
    { type: 'reasoning', text: 'Hm.' },
    { type: 'text', text: 'Hello.' },
    { type: 'toolCall', index: 0, id: 't1', name: 'weather', argumentsDelta: '{}' },
    { type: 'finished', completion: COMPLETION },
    {
      type: 'failed',
      error: { type: 'TimeoutError', message: 'Late.', retryable: true, retryAfterMs: 5, attempts: [] },
    },
  ] as const
).map((event, index) => ({ callId: callId(1), seq: index + 1, event }))

const RECONCILIATION: Reconciliation = {
  rows: [
    {
      provider: 'openai',
      day: Date.UTC(2025, 0, 1),
      model: 'gpt-5-mini',
      theirs: { cost: 2_000_000_000_000n, inputTokens: 10, outputTokens: null, requests: 3 },
      ours: { cost: 1n, estimated: 0n, unpricedAttempts: 0, inputTokens: 9, outputTokens: 4, attempts: 3 },
      difference: 1_999_999_999_999n,
      unexplained: null,
    },
  ],
  total: { theirs: 2_000_000_000_000n, ours: 1n, difference: 1_999_999_999_999n, unexplained: 0n, uncovered: 5n },
}

function createLedger(asked: House['asked']): LedgerReader {
  return {
    call: async (projectId, id) =>
      projectId === PROJECT && id < callId(100) ? ledgerCall(Number(id.slice(-6))) : null,
    async calls(_projectId, filter, first, after) {
      asked.calls.push({ filter, first, after })
      return { calls: Array.from({ length: first }, (_, index) => ledgerCall(99 - index)), hasNextPage: true }
    },
    async attempts(ids) {
      asked.attempts.push(ids)
      return new Map(ids.map((id) => [id, [FAILED_ATTEMPT, { ...ATTEMPT, number: 2 }]]))
    },
    answer: async () => null,
    async usage(_projectId, query) {
      asked.usage.push(query)
      if (query.groupByTag === 'gone') throw new CallsGone(Date.UTC(2024, 0))
      const group = query.groupBy.map((dimension) => ({ dimension, value: null, isOther: false }))
      const tag = query.groupByTag == null ? null : { value: 'chat', isOther: false }
      return { total: METRICS, rows: [{ periodStart: query.range.from, group, tag, metrics: METRICS }], folded: 3 }
    },
    quotas: async () => QUOTAS,
    reconciliation: async () => RECONCILIATION,
    replayable: fail,
  }
}

const METRICS: UsageMetrics = {
  calls: 9_007_199_254_740_991,
  succeeded: 2,
  failed: 1,
  cancelled: 0,
  refused: 0,
  attempts: 4,
  cacheHits: 0,
  inputTokens: 300,
  cachedInputTokens: 0,
  outputTokens: 30,
  reasoningTokens: 0,
  cost: 18_750_000n,
  wasted: 1n,
  saved: 0n,
  unpricedCalls: 1,
  latency: sketchOf(100, 200, 300),
  firstToken: new Map(),
}

function createCatalog(): Catalog {
  return {
    models: () => MODELS,
    model: (ref) => ({ ...ref, contextWindow: null, maxOutputTokens: null, price: null, ...UNSAID }),
    price: () => null,
  }
}

function sketchOf(...values: number[]): ReadonlyMap<number, number> {
  const sketch = new Map<number, number>()
  for (const value of values) addTo(sketch, bucketOf(value), 1)
  return sketch
}

function fail(): never {
  throw new Error('The test data is incomplete')
}
