import type { SpaceSide } from './answer.ts'
import type { Fault, RefusalName } from './fault.ts'

/** How fast an answer comes; in milliseconds. */
export interface Pace {
  /** Before the headers. */
  readonly headersMs: number
  /** After the preamble, before the first content chunk. */
  readonly firstTokenMs: number
  /** Before each further content chunk; null is the simulator's own speed. */
  readonly chunkMs: number | null
}

/** What the answer is made of. */
export interface Style {
  /** The last user text is the answer. */
  readonly echo: boolean
  /** Most of the input counts as read from the provider's cache. */
  readonly cached: boolean
  /** Thinks, and shows it, though nobody asked. */
  readonly think: boolean
  /** Calls the first tool, whatever the prompt. */
  readonly tool: boolean
  /** Tells no usage. */
  readonly noUsage: boolean
  /** So many words of text; null leaves it to the prompt. */
  readonly words: number | null
  /** How many words of a prefill the answer repeats before it goes on; `Infinity` for all. */
  readonly repeats: number
  readonly space: SpaceSide
  /** The model's own limit on output: a request that sets a larger one is refused. Null for none. */
  readonly mostOutput: number | null
  /** How the answer ends, where not as it would. */
  readonly ending: 'maxTokens' | 'filtered' | 'refused' | null
}

/** A stream of equal chunks made once and sent without delay, for measuring others. */
export interface FastLane {
  readonly chunks: number
  /** Characters of text in each. */
  readonly size: number
}

/** What a behaviour changes in a scenario. */
export type Effect =
  | { readonly type: 'strike'; readonly fault: Fault | null }
  | { readonly type: 'pace'; readonly pace: Partial<Pace> }
  | { readonly type: 'style'; readonly style: Partial<Style> }
  | { readonly type: 'fast'; readonly fast: Partial<FastLane> }

/** @param amount the number after `=`; null where there was none */
type Behaviour = (amount: number | null) => Effect

/** Refusals that a model name can ask for; the other two come from the request itself. */
type AskedRefusal = Exclude<RefusalName, 'missing-key' | 'unreadable'>

const strike = (fault: Fault | null): Effect => ({ type: 'strike', fault })
const pace = (change: Partial<Pace>): Effect => ({ type: 'pace', pace: change })
const style = (change: Partial<Style>): Effect => ({ type: 'style', style: change })
const refuse =
  (name: AskedRefusal): Behaviour =>
  (amount) =>
    strike({ type: 'refusal', name, amount })

/** How many content chunks come before a mid-stream fault that names no number. */
const DEFAULT_AFTER = 2

const REFUSING = {
  '400': refuse('400'),
  '401': refuse('401'),
  '402': refuse('402'),
  '403': refuse('403'),
  '404': refuse('404'),
  '408': refuse('408'),
  '409': refuse('409'),
  '413': refuse('413'),
  '422': refuse('422'),
  '429': refuse('429'),
  '429-after': refuse('429-after'),
  '429-after-ms': refuse('429-after-ms'),
  '429-date': refuse('429-date'),
  '429-long': refuse('429-long'),
  '429-too-large': refuse('429-too-large'),
  '500': refuse('500'),
  '502': refuse('502'),
  '503': refuse('503'),
  '504': refuse('504'),
  '529': refuse('529'),
  'bad-key': refuse('bad-key'),
  blocked: refuse('blocked'),
  context: refuse('context'),
  'no-credit': refuse('no-credit'),
  quota: refuse('quota'),
} satisfies Record<AskedRefusal, Behaviour>

const BREAKING = {
  silent: () => strike({ type: 'silent' }),
  hangup: () => strike({ type: 'hangup' }),
  html: () => strike({ type: 'html' }),
  empty: () => strike({ type: 'empty' }),
  cut: (after) => strike({ type: 'cut', after: after ?? DEFAULT_AFTER }),
  reset: (after) => strike({ type: 'reset', after: after ?? DEFAULT_AFTER }),
  stall: (after) => strike({ type: 'stall', after: after ?? DEFAULT_AFTER }),
  malformed: (after) => strike({ type: 'malformed', after: after ?? DEFAULT_AFTER }),
  error: (after) => strike({ type: 'error', after: after ?? DEFAULT_AFTER }),
  failed: (after) => strike({ type: 'failed', after: after ?? DEFAULT_AFTER }),
  'error-429': (after) => strike({ type: 'error-429', after: after ?? DEFAULT_AFTER }),
  'error-500': (after) => strike({ type: 'error-500', after: after ?? DEFAULT_AFTER }),
  'error-503': (after) => strike({ type: 'error-503', after: after ?? DEFAULT_AFTER }),
  'no-end': () => strike({ type: 'no-end' }),
  'no-done': () => strike({ type: 'no-done' }),
  'done-only': () => strike({ type: 'done-only' }),
} satisfies Record<Exclude<Fault['type'], 'refusal'>, Behaviour>

const ANSWERING = {
  /** A turn without a fault: `okx2+503` works twice, then fails. */
  ok: () => strike(null),
  headers: (ms) => pace({ headersMs: ms ?? 2_000 }),
  'first-token': (ms) => pace({ firstTokenMs: ms ?? 2_000 }),
  slow: (ms) => pace({ chunkMs: ms ?? 200 }),
  echo: () => style({ echo: true }),
  cached: () => style({ cached: true }),
  think: () => style({ think: true }),
  tool: () => style({ tool: true }),
  'no-usage': () => style({ noUsage: true }),
  words: (count) => style({ words: count ?? 500 }),
  repeats: (count) => style({ repeats: count ?? Number.POSITIVE_INFINITY }),
  'space-behind': () => style({ space: 'behind' }),
  'most-output': (tokens) => style({ mostOutput: tokens ?? 4_096 }),
  length: () => style({ ending: 'maxTokens' }),
  filtered: () => style({ ending: 'filtered' }),
  refused: () => style({ ending: 'refused' }),
  fast: (chunks) => ({ type: 'fast', fast: chunks === null ? {} : { chunks } }),
  size: (size) => ({ type: 'fast', fast: size === null ? {} : { size } }),
} satisfies Record<string, Behaviour>

/** Everything that may follow a `+` in a model's name, but for `tag=…`, which changes nothing. */
export const BEHAVIOURS = { ...REFUSING, ...BREAKING, ...ANSWERING }
export type BehaviourName = keyof typeof BEHAVIOURS

export function isBehaviour(name: string): name is BehaviourName {
  return Object.hasOwn(BEHAVIOURS, name)
}
