import type { Conversation, InputPart } from '../../core/conversation.ts'
import { type TextFacts, textFactsOf } from './text-facts.ts'

/** All that the features look at. */
export interface PromptFacts extends TextFacts {
  readonly tools: number
  /** Messages before the one to be answered, the system's aside. */
  readonly earlierTurns: number
  readonly schema: boolean
}

/** A property of a prompt that makes it more complex, and how it is told. */
export interface Feature {
  /** What a prompt with much of it does: completes "it …". */
  readonly says: string
  /** Zero or more; counts are taken as the logarithm of one more, so that the tenth weighs less than the first. */
  measure(facts: PromptFacts): number
}

/** Weighed by what public results say; none of them may make a prompt simpler. */
export const FITTED = {
  repetition: { says: 'is long and dense', measure: repetition },
  numbers: { says: 'has many numbers', measure: (facts) => Math.log1p(facts.numbers) },
  logic: { says: 'weighs statements and arguments', measure: (facts) => Math.log1p(facts.kinds.logic) },
  negation: { says: 'asks about what is not so', measure: (facts) => Math.log1p(facts.kinds.negation) },
  condition: { says: 'sets conditions', measure: (facts) => Math.log1p(facts.kinds.condition) },
  quantity: { says: 'relates quantities', measure: (facts) => Math.log1p(facts.kinds.quantity) },
  comparison: { says: 'compares', measure: (facts) => Math.log1p(facts.kinds.comparison) },
  code: { says: 'is about code', measure: (facts) => Math.log1p(facts.kinds.code) },
  math: { says: 'is about mathematics', measure: (facts) => Math.log1p(facts.kinds.math) },
  calculation: { says: 'asks for a calculation', measure: (facts) => Math.log1p(facts.kinds.calculation) },
  judgement: { says: 'asks for a moral judgement', measure: (facts) => Math.log1p(facts.kinds.judgement) },
} as const satisfies Readonly<Record<string, Feature>>

/**
 * What exam questions can't teach, since they contain none of it: proofs, code to write or read, jobs of several steps,
 * tools, conversations. Weights are set by hand, in the same unit as the fitted ones.
 */
export const STATED = {
  proof: { says: 'asks for a proof', measure: (facts) => Math.log1p(facts.kinds.proof), weight: 2.2 },
  codeBlock: { says: 'contains code', measure: (facts) => Math.log1p(facts.codeLines), weight: 0.7 },
  codeTask: { says: 'asks for work on code', measure: codeTask, weight: 0.9 },
  steps: {
    says: 'has several steps',
    measure: (facts) => Math.log1p(facts.listItems + facts.kinds.steps),
    weight: 0.25,
  },
  constraint: { says: 'sets requirements', measure: (facts) => Math.log1p(facts.kinds.constraint), weight: 0.3 },
  questions: {
    says: 'asks several questions',
    measure: (facts) => Math.log1p(Math.max(facts.questions - 1, 0)),
    weight: 0.3,
  },
  tools: { says: 'comes with tools', measure: (facts) => Math.log1p(facts.tools), weight: 0.3 },
  schema: { says: 'asks for a given structure', measure: (facts) => (facts.schema ? 1 : 0), weight: 0.2 },
  turns: { says: 'stands in a long conversation', measure: (facts) => Math.log1p(facts.earlierTurns), weight: 0.1 },
} as const satisfies Readonly<Record<string, Feature & { readonly weight: number }>>

/** What the classifier sees of a conversation: what the user asked last, and what surrounds it. */
export function promptFactsOf(conversation: Conversation): PromptFacts {
  const turns = conversation.messages.filter(({ role }) => role !== 'system')
  return {
    ...textFactsOf(askedText(conversation)),
    tools: conversation.tools.length,
    earlierTurns: Math.max(turns.length - 1, 0),
    schema: conversation.output.type === 'schema',
  }
}

/** A message as short as this may be no more than "now fix it": then the one before it tells what is asked. */
const FOLLOW_UP = 80

function askedText(conversation: Conversation): string {
  const texts = conversation.messages.flatMap((message) => (message.role === 'user' ? [userText(message.parts)] : []))
  const last = texts.at(-1) ?? ''
  const before = texts.at(-2)
  return last.length < FOLLOW_UP && before !== undefined ? `${before}\n${last}` : last
}

function userText(parts: readonly InputPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}

/** The share of words that were said before: rises with length and with structure, and is never more than one. */
function repetition(facts: PromptFacts): number {
  return facts.words === 0 ? 0 : 1 - facts.distinctWords / facts.words
}

/** Words of doing only mean code where there is code to do. */
function codeTask(facts: PromptFacts): number {
  return facts.kinds.code + facts.codeLines > 0 ? Math.log1p(facts.kinds.work) : 0
}
