import type { Conversation } from '../../core/conversation.ts'
import type { RouteSignal } from '../../core/routing.ts'
import { type Feature, FITTED, promptFactsOf, STATED } from './features.ts'
import weights from './weights.json' with { type: 'json' }

/** From this score on a prompt is complex. */
export const THRESHOLD = 0.5

/** Only what moved the score by this much is worth telling. */
const WORTH_TELLING = 0.05
const TOLD = 4

/** How complex a prompt is, and why. */
export interface Complexity {
  /** From 0 to 1; 0.5 is the middle of the exam questions that the weights were fitted to. */
  readonly score: number
  readonly complex: boolean
  /** What contributed most, in plain words: "asks for a proof"; null where nothing did. */
  readonly because: string | null
  /** The score and the largest contributions to its logarithm of odds. */
  readonly signals: readonly RouteSignal[]
}

interface Contribution {
  readonly name: string
  readonly says: string
  readonly amount: number
}

/**
 * Tells simple prompts from complex ones: a logistic score of the features, the heaviest of which are its explanation.
 * Asks no network and takes well under a millisecond, whatever the length of the prompt.
 */
export function complexityOf(conversation: Conversation): Complexity {
  const facts = promptFactsOf(conversation)
  const contribution = (name: string, feature: Feature, weight: number): Contribution => ({
    name,
    says: feature.says,
    amount: weight * feature.measure(facts),
  })
  const contributions = [
    ...typedEntries(FITTED).map(([name, feature]) => contribution(name, feature, weights.weights[name])),
    ...typedEntries(STATED).map(([name, feature]) => contribution(name, feature, feature.weight)),
  ].sort((a, b) => b.amount - a.amount)
  const total = contributions.reduce((sum, { amount }) => sum + amount, weights.intercept)
  const score = 1 / (1 + Math.exp(-total))
  const told = contributions.filter(({ amount }) => amount >= WORTH_TELLING).slice(0, TOLD)
  return {
    score,
    complex: score >= THRESHOLD,
    because: told[0]?.says ?? null,
    signals: [
      { name: 'complexity', value: `${score.toFixed(2)} (complex from ${THRESHOLD})` },
      ...told.map(({ name, says, amount }) => ({ name, value: `${says}: +${amount.toFixed(2)}` })),
    ],
  }
}

function typedEntries<T extends object>(table: T): [keyof T, T[keyof T]][] {
  return Object.entries(table).filter((entry): entry is [keyof T & string, T[keyof T]] => entry[0] in table)
}
