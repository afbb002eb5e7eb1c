import type { Clock } from '../core/clock.ts'
import type { CircuitHealth, CircuitState } from '../core/provider-health.ts'
import { type Circuit, circuit } from './circuit.ts'
import { type Health, health } from './health.ts'
import { keptOf } from './kept-of.ts'
import { type KeyCapacity, keyCapacity } from './key-capacity.ts'

/** One model with one key of its provider: whether it is asked, and how it has been doing. */
export interface KnownCircuit {
  readonly model: string
  /** The key's name; null where the provider needs none. */
  readonly key: string | null
  readonly circuit: Circuit
  readonly capacity: KeyCapacity
  readonly health: Health
}

/** The circuits of one provider. */
export interface KnownCircuits {
  of(model: string, key: string | null): KnownCircuit
  ofKey(key: string | null): readonly KnownCircuit[]
  state(): CircuitState
  /** Those that are not closed or were asked lately: the ones that are not closed first, and a thousand at most. */
  shown(): readonly CircuitHealth[]
}

const MOST_SHOWN = 1_000

export function knownCircuits(clock: Clock): KnownCircuits {
  const known = new Map<string, KnownCircuit>()
  return {
    of: (model, key) =>
      keptOf(known, `${model} ${key ?? ''}`, () => ({
        model,
        key,
        circuit: circuit(clock),
        capacity: keyCapacity(clock),
        health: health(clock),
      })),
    ofKey: (key) => [...known.values()].filter((each) => each.key === key),
    state: () => jointState([...known.values()].filter(isTelling).map(({ circuit }) => circuit)),
    shown() {
      const all = [...known.values()].filter(isTelling).map(shown)
      const isClosed = ({ state }: CircuitHealth) => Number(state === 'CLOSED')
      return all.sort((a, b) => isClosed(a) - isClosed(b)).slice(0, MOST_SHOWN)
    },
  }
}

/** One that is closed says something only where it was asked lately: it may have been planned with alone. */
function isTelling({ circuit, health }: KnownCircuit): boolean {
  return circuit.state() !== 'CLOSED' || health.errorRate() !== null
}

function shown({ model, key, circuit, health }: KnownCircuit): CircuitHealth {
  return {
    model,
    key,
    state: circuit.state(),
    blockedForMs: circuit.blockedForMs(),
    errorRate: health.errorRate(),
    firstToken: health.firstToken(),
  }
}

/** HALF_OPEN while one probes, or where none is closed and one may be probed; OPEN where all are. */
export function jointState(circuits: readonly Circuit[]): CircuitState {
  if (circuits.some((circuit) => circuit.state() === 'HALF_OPEN' && circuit.blockedForMs() > 0)) return 'HALF_OPEN'
  const states = circuits.map((circuit) => circuit.state())
  if (states.length === 0 || states.includes('CLOSED')) return 'CLOSED'
  return states.includes('HALF_OPEN') ? 'HALF_OPEN' : 'OPEN'
}
