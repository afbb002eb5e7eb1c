import { BEHAVIOURS, type BehaviourName, type FastLane, isBehaviour, type Pace, type Style } from './behaviours.ts'
import type { Fault } from './fault.ts'

/** A fault (or its absence) and how often it strikes before the next one's turn. */
export interface Strike {
  readonly fault: Fault | null
  /** `Infinity` without an end. */
  readonly times: number
}

/** What a model name asks the simulator to do. */
export interface Scenario {
  /** The model's name without behaviours. */
  readonly base: string
  /** In the order of the name; after the last one all is well. */
  readonly strikes: readonly Strike[]
  readonly pace: Pace
  readonly style: Style
  readonly fast: FastLane | null
}

export type ParsedScenario =
  | { readonly type: 'scenario'; readonly scenario: Scenario }
  | { readonly type: 'unknown'; readonly behaviour: string }

const PLAIN_STYLE: Style = {
  echo: false,
  cached: false,
  think: false,
  tool: false,
  noUsage: false,
  words: null,
  repeats: 0,
  space: 'before',
  mostOutput: null,
  ending: null,
}

const BEHAVIOUR = /^(?<name>[a-z0-9-]+?)(?:=(?<amount>\d+))?(?:x(?<times>\d+))?$/

/**
 * Reads a model name: `base`, then any number of `+behaviour`, `+behaviour=amount`, `+behaviour=amountxtimes`.
 * `gpt-5-mini+503x2+slow=300` fails twice with 503, then answers with 300 ms between chunks.
 */
export function parseScenario(model: string): ParsedScenario {
  const [base = '', ...behaviours] = model.split('+')
  let scenario: Scenario = {
    base,
    strikes: [],
    pace: { headersMs: 0, firstTokenMs: 0, chunkMs: null },
    style: PLAIN_STYLE,
    fast: null,
  }
  for (const behaviour of behaviours) {
    const changed = apply(scenario, behaviour)
    if (changed === null) return { type: 'unknown', behaviour }
    scenario = changed
  }
  return { type: 'scenario', scenario }
}

function apply(scenario: Scenario, behaviour: string): Scenario | null {
  if (behaviour.startsWith('tag=')) return scenario
  const { name, amount, times } = BEHAVIOUR.exec(behaviour)?.groups ?? {}
  if (name === undefined || !isBehaviour(name)) return null
  return changedBy(name, {
    scenario,
    amount: amount === undefined ? null : Number(amount),
    times: times === undefined ? Number.POSITIVE_INFINITY : Number(times),
  })
}

interface Change {
  readonly scenario: Scenario
  readonly amount: number | null
  readonly times: number
}

function changedBy(name: BehaviourName, { scenario, amount, times }: Change): Scenario {
  const effect = BEHAVIOURS[name](amount)
  switch (effect.type) {
    case 'strike':
      return { ...scenario, strikes: [...scenario.strikes, { fault: effect.fault, times }] }
    case 'pace':
      return { ...scenario, pace: { ...scenario.pace, ...effect.pace } }
    case 'style':
      return { ...scenario, style: { ...scenario.style, ...effect.style } }
    case 'fast':
      return { ...scenario, fast: { chunks: 200, size: 16, ...scenario.fast, ...effect.fast } }
  }
}

/**
 * The fault that strikes a request; null where all is well.
 * @param earlier how many requests for the same model came before
 */
export function faultOf(scenario: Scenario, earlier: number): Fault | null {
  let upTo = 0
  for (const { fault, times } of scenario.strikes) {
    upTo += times
    if (earlier < upTo) return fault
  }
  return null
}
