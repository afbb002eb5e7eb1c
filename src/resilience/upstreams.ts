import type { Measured } from '../core/candidate.ts'
import type { Clock } from '../core/clock.ts'
import type { KeyLimits } from '../core/driver.ts'
import type { ProviderError } from '../core/provider-error.ts'
import type { CircuitHealth, CircuitState, ProviderHealth } from '../core/provider-health.ts'
import type { ModelRef } from '../core/routing.ts'
import type { ProviderKey, ProviderSettings } from '../core/settings.ts'
import type { Passage } from './circuit.ts'
import { ruleFor } from './failure-table.ts'
import { type Health, health } from './health.ts'
import { keptOf } from './kept-of.ts'
import { byCapacity, type KeyCapacity } from './key-capacity.ts'
import { type KeyPassage, type KeyPool, keyPool, type PooledKey } from './key-pool.ts'
import { jointState, type KnownCircuit, type KnownCircuits, knownCircuits } from './known-circuits.ts'
import { type ListProbe, takeListProbe } from './list-probe.ts'
import { type Measurements, measurements, type Pace } from './measurements.ts'
import { type OutputLimits, outputLimits } from './output-limits.ts'
import { type RetryBudget, retryBudget } from './retry-budget.ts'

/** How a granted request ended, as far as the provider's health goes. */
export type GrantOutcome =
  | ({ readonly type: 'succeeded' } & Pace)
  | { readonly type: 'failed'; readonly error: ProviderError }
  /** It says nothing of the provider: cancelled, or the answer came but did not fit what was asked. */
  | { readonly type: 'left' }
  /** The same, but that it had sent no token for so long, in milliseconds, when another attempt had one. */
  | { readonly type: 'outrun'; readonly afterMs: number }

/** The right to send one request; its end is reported exactly once. */
export interface Grant {
  readonly type: 'granted'
  readonly key: ProviderKey | null
  noteLimits(limits: KeyLimits): void
  report(outcome: GrantOutcome): void
}

/** Why a model can't be asked now. */
export interface Unavailable {
  readonly type: 'unavailable'
  readonly because: 'circuitOpen' | 'keysCooling' | 'keysOut'
  /** How long until a request may pass, in milliseconds. */
  readonly freeInMs: number
}

/** The health of all that may be asked, as known to this process: keys, circuits and what was measured. */
export interface Upstreams {
  /** The right to ask this model now, with the key to use, or why it can't be had. */
  acquire(ref: ModelRef): Grant | Unavailable
  /** How long until `acquire` would grant, in milliseconds; 0 where it would now. Takes nothing. */
  freeInMs(ref: ModelRef): number
  /** Closed where it is with any of its keys. */
  circuit(ref: ModelRef): CircuitState
  /** The bound on asking it for the same thing again. */
  retries(ref: ModelRef): RetryBudget
  /** What is known of how long its answers may be. */
  outputLimits(ref: ModelRef): OutputLimits
  /** How a model has been doing lately, all its keys together. */
  measured(ref: ModelRef): Measured
  health(): readonly ProviderHealth[]
  /** The provider's models by key, those that are not closed or were asked lately. */
  circuits(provider: string): readonly CircuitHealth[]
  /** The right to find out, without a caller's request, whether what failed there works again; null where nothing is due. */
  probe(provider: string): ListProbe | null
  /** Tells the name of every provider at which a request begins or ends, as it does; the returned function ends that. */
  observe(observer: (provider: string) => void): () => void
}

interface Upstream {
  readonly pool: KeyPool
  readonly health: Health
  readonly circuits: KnownCircuits
  readonly measurements: Map<string, Measurements>
  readonly retries: Map<string, RetryBudget>
  readonly outputLimits: Map<string, OutputLimits>
}

interface Way {
  readonly pooled: PooledKey
  readonly known: KnownCircuit
  readonly capacity: KeyCapacity
}

export function upstreams(providers: readonly ProviderSettings[], clock: Clock): Upstreams {
  const byName = new Map(providers.map((provider) => [provider.name, newUpstream(provider, clock)]))

  const observers = new Set<(provider: string) => void>()

  function noticed(provider: string): void {
    for (const observer of observers) observer(provider)
  }

  function reported({ report }: ListProbe, provider: string): ListProbe['report'] {
    return (outcome) => {
      report(outcome)
      noticed(provider)
    }
  }

  function upstream(name: string): Upstream {
    const found = byName.get(name)
    if (!found) throw new Error(`No provider is called ${name}`)
    return found
  }

  function ways(ref: ModelRef, keys: readonly PooledKey[]): readonly Way[] {
    const { circuits } = upstream(ref.provider)
    return keys.map((pooled) => {
      const known = circuits.of(ref.model, pooled.key?.name ?? null)
      return { pooled, known, capacity: known.capacity }
    })
  }

  return {
    acquire(ref) {
      const { pool, health, measurements, retries } = upstream(ref.provider)
      const all = byCapacity(ways(ref, pool.inTurn()))
      const free = all.find((way) => blockedForMs(way, ref) === 0)
      if (free) retriesOf(retries, ref, clock).requested()
      if (!free) return unavailable(all, ref)
      const granted = grant(free, ref, health, measurementsOf(measurements, ref, clock))
      noticed(ref.provider)
      return {
        ...granted,
        report(outcome) {
          granted.report(outcome)
          noticed(ref.provider)
        },
      }
    },
    freeInMs: (ref) => Math.min(...ways(ref, upstream(ref.provider).pool.keys).map((way) => blockedForMs(way, ref))),
    circuit(ref) {
      const circuits = ways(ref, upstream(ref.provider).pool.keys).map((way) => way.known.circuit)
      return circuits.some((circuit) => circuit.state() === 'CLOSED') ? 'CLOSED' : jointState(circuits)
    },
    retries: (ref) => retriesOf(upstream(ref.provider).retries, ref, clock),
    outputLimits: ({ provider, model }) => keptOf(upstream(provider).outputLimits, model, outputLimits),
    measured: (ref) => measurementsOf(upstream(ref.provider).measurements, ref, clock).read(),
    health: () => [...byName].map(([name, each]) => healthOf(name, each)),
    circuits: (provider) => upstream(provider).circuits.shown(),
    probe(provider) {
      const { pool, circuits } = upstream(provider)
      const probe = takeListProbe(pool, circuits)
      return probe === null ? null : { ...probe, report: reported(probe, provider) }
    },
    observe(observer) {
      observers.add(observer)
      return () => void observers.delete(observer)
    },
  }
}

function newUpstream(provider: ProviderSettings, clock: Clock): Upstream {
  return {
    pool: keyPool(provider.keys, clock),
    health: health(clock),
    circuits: knownCircuits(clock),
    measurements: new Map(),
    retries: new Map(),
    outputLimits: new Map(),
  }
}

function measurementsOf(known: Map<string, Measurements>, { model }: ModelRef, clock: Clock): Measurements {
  return keptOf(known, model, () => measurements(clock))
}

function retriesOf(known: Map<string, RetryBudget>, { model }: ModelRef, clock: Clock): RetryBudget {
  return keptOf(known, model, () => retryBudget(clock))
}

function blockedForMs(way: Way, ref: ModelRef): number {
  return Math.max(way.known.circuit.blockedForMs(), way.pooled.blockedForMs(ref.model))
}

function unavailable(ways: readonly Way[], ref: ModelRef): Unavailable {
  const freeInMs = Math.min(...ways.map((way) => blockedForMs(way, ref)))
  if (ways.some((way) => way.known.circuit.blockedForMs() > 0))
    return { type: 'unavailable', because: 'circuitOpen', freeInMs }
  const because = ways.every((way) => way.pooled.isOut()) ? 'keysOut' : 'keysCooling'
  return { type: 'unavailable', because, freeInMs }
}

function grant(way: Way, ref: ModelRef, health: Health, measured: Measurements): Grant {
  const { pooled, known, capacity } = way
  const entered: Entered = { ...way, circuitPassage: known.circuit.enter(), keyPassage: pooled.take() }
  measured.began()
  capacity.began()
  return {
    type: 'granted',
    key: pooled.key,
    noteLimits: capacity.note,
    report(outcome) {
      capacity.ended()
      if (outcome.type === 'succeeded') {
        entered.circuitPassage.succeeded()
        pooled.worked(ref.model)
        known.health.succeeded(outcome.firstTokenMs)
        health.succeeded(outcome.firstTokenMs)
        measured.ended(outcome)
      } else if (outcome.type === 'left' || outcome.type === 'outrun') {
        entered.circuitPassage.left()
        pooled.released(entered.keyPassage)
        if (outcome.type === 'outrun') measured.outrun(outcome.afterMs)
        else measured.ended(null)
      } else {
        reportFailure(outcome.error, entered, ref)
        known.health.failed()
        health.failed()
        measured.ended(isItsFault(outcome.error) ? 'failed' : null)
      }
    },
  }
}

/** A way that a request has taken. */
interface Entered extends Way {
  readonly circuitPassage: Passage
  readonly keyPassage: KeyPassage
}

function reportFailure(error: ProviderError, entered: Entered, ref: ModelRef): void {
  const { pooled, circuitPassage, keyPassage } = entered
  const rule = ruleFor(error)
  if (rule.countsForCircuit) circuitPassage.failed()
  else circuitPassage.left()
  if (rule.key === 'cools') pooled.cool(ref.model, error.retryAfterMs)
  else if (rule.key === 'out') pooled.putOut(error.kind)
  else pooled.released(keyPassage)
}

/** Whether a failure tells of the model or its keys, not of the request. */
function isItsFault(error: ProviderError): boolean {
  const rule = ruleFor(error)
  return rule.countsForCircuit || rule.key !== 'stays'
}

function healthOf(name: string, { circuits, health }: Upstream): ProviderHealth {
  return { name, circuit: circuits.state(), errorRate: health.errorRate(), firstToken: health.firstToken() }
}
