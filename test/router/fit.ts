/**
 * Fits the complexity classifier's weights to the public results beside the repository and writes them, with how well
 * they do, to `src/routing/classifier/weights.json`: `node test/router/fit.ts`.
 */
import { writeFileSync } from 'node:fs'
import { FITTED, promptFactsOf, STATED } from '../../src/routing/classifier/features.ts'
import { apgr } from './apgr.ts'
import { asked } from './asked.ts'
import { type Example, fitLogistic } from './logistic.ts'
import { type Question, readQuestions, SETS, type SetName } from './questions.ts'

const FOLDS = 10
const PENALTY = 10
const WEIGHTS = new URL('../../src/routing/classifier/weights.json', import.meta.url)

/** An example with what the hand-set weights make of it, in the classifier's unit. */
interface Row extends Example {
  readonly stated: number
}

/**
 * Fitted weights in the classifier's unit: a total of 0 is the middle of the questions that they were fitted to, 1 is
 * one standard deviation more, each set counting the same.
 */
interface Scale {
  readonly weights: readonly number[]
  readonly intercept: number
}

const questions = readQuestions()
const sizes = new Map(SETS.map((set) => [set, questions.filter((question) => question.set === set).length]))
const rows = questions.map(measured)
const everything = rows.map((_, index) => index)
const inSet = (set: SetName) => everything.filter((index) => questions[index]?.set === set)
const outsideOf = (set: SetName) => everything.filter((index) => questions[index]?.set !== set)

/** Foretells the chance that the strong model does better. Larger sets weigh more, by the root of their size. */
function measured(question: Question): Row {
  const facts = promptFactsOf(asked(question.prompt))
  return {
    features: Object.values(FITTED).map((feature) => feature.measure(facts)),
    target: Math.max(question.strong - question.weak, 0),
    group: SETS.indexOf(question.set),
    weight: 1 / Math.sqrt(sizes.get(question.set) ?? 1),
    stated: Object.values(STATED).reduce((sum, feature) => sum + feature.weight * feature.measure(facts), 0),
  }
}

function fitScale(indices: readonly number[]): Scale {
  const chosen = pick(rows, indices)
  const { weights } = fitLogistic(chosen, SETS.length, PENALTY)
  const sets = SETS.map((_, group) => chosen.filter((row) => row.group === group)).filter((set) => set.length > 0)
  const totals = sets.map((set) => set.map((row) => dot(weights, row.features)).sort((a, b) => a - b))
  const middle = mean(totals.map((set) => set[Math.floor(set.length / 2)] ?? 0))
  const spread = Math.sqrt(mean(totals.map((set) => mean(set.map((total) => (total - middle) ** 2)))))
  return { weights: weights.map((weight) => weight / spread), intercept: -middle / spread }
}

/** What the classifier would say: fitted and hand-set weights together. */
function total({ weights, intercept }: Scale, row: Row): number {
  return intercept + dot(weights, row.features) + row.stated
}

/** Scores every question by weights that were fitted without its fold. */
function crossValidated(indices: readonly number[]): readonly number[] {
  const scores = new Map<number, number>()
  for (let fold = 0; fold < FOLDS; fold++) {
    const scale = fitScale(indices.filter((index) => index % FOLDS !== fold))
    for (const index of indices.filter((each) => each % FOLDS === fold)) {
      for (const row of pick(rows, [index])) scores.set(index, total(scale, row))
    }
  }
  return everything.map((index) => scores.get(index) ?? 0)
}

function scoredBy(scale: Scale): readonly number[] {
  return rows.map((row) => total(scale, row))
}

function qualities(scoresFor: (set: SetName) => readonly number[]): Record<string, number> {
  return Object.fromEntries(
    SETS.map((set) => {
      const indices = inSet(set)
      return [set, rounded(apgr(pick(questions, indices), pick(scoresFor(set), indices)), 3)]
    }),
  )
}

function pick<T>(items: readonly T[], indices: readonly number[]): T[] {
  return indices.flatMap((index) => items.slice(index, index + 1))
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

const served = fitScale(everything)
const lengths = questions.map(({ prompt }) => prompt.length)
const pooled = crossValidated(everything)
const result = {
  intercept: rounded(served.intercept, 4),
  weights: Object.fromEntries(Object.keys(FITTED).map((name, index) => [name, rounded(served.weights[index] ?? 0, 4)])),
  apgr: {
    promptLength: qualities(() => lengths),
    crossValidatedOnEachSet: qualities((set) => crossValidated(inSet(set))),
    crossValidatedOnAllSets: qualities(() => pooled),
    fittedOnTheOtherSets: qualities((set) => scoredBy(fitScale(outsideOf(set)))),
  },
}
writeFileSync(WEIGHTS, `${JSON.stringify(result, null, 2)}\n`)
console.log(JSON.stringify(result, null, 2))
