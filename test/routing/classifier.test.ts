import { describe, expect, it } from 'vitest'
import { complexityOf } from '../../src/routing/classifier/complexity.ts'
import weights from '../../src/routing/classifier/weights.json' with { type: 'json' }
import { apgr } from '../router/apgr.ts'
import { asked } from '../router/asked.ts'
import { questionsAreHere, readQuestions, SETS } from '../router/questions.ts'
import { COMPLEX, SIMPLE } from './everyday.ts'

describe('everyday prompts', () => {
  it.each(SIMPLE)('simple: %s', (prompt) => {
    expect(complexityOf(asked(prompt))).toMatchObject({ complex: false })
  })

  it.each(COMPLEX)('complex: %s', (prompt) => {
    const { complex, because, signals } = complexityOf(asked(prompt))
    expect(complex).toBe(true)
    expect(because).not.toBeNull()
    expect(signals.length).toBeGreaterThan(1)
  })

  it('looks at what came before a short follow-up', () => {
    const code = COMPLEX[3] ?? ''
    const conversation = asked('', {
      messages: [
        { role: 'user', parts: [{ type: 'text', text: code }] },
        { role: 'assistant', text: 'It waits for a reader.', toolCalls: [], providerState: null },
        { role: 'user', parts: [{ type: 'text', text: 'now fix it' }] },
      ],
    })
    expect(complexityOf(conversation).complex).toBe(true)
    expect(complexityOf(asked('now fix it')).complex).toBe(false)
  })

  it('counts tools, a schema and the length of a conversation', () => {
    const plain = complexityOf(asked('hello')).score
    const tool = { name: 'look', description: null, parameters: {}, strict: null }
    expect(complexityOf(asked('hello', { tools: [tool] })).score).toBeGreaterThan(plain)
    expect(complexityOf(asked('hello', { output: { type: 'schema', name: 'x', schema: {} } })).score).toBeGreaterThan(
      plain,
    )
  })
})

describe.skipIf(!questionsAreHere)('public results (needs ../shared/router beside the repository)', () => {
  const questions = questionsAreHere ? readQuestions() : []

  it.each(SETS)('%s: sends the right questions to the strong model, more often than length and chance do', (set) => {
    const own = questions.filter((question) => question.set === set)
    const byScore = apgr(
      own,
      own.map(({ prompt }) => complexityOf(asked(prompt)).score),
    )
    const byLength = apgr(
      own,
      own.map(({ prompt }) => prompt.length),
    )
    console.log(`${set}: APGR ${byScore.toFixed(3)}, by length ${byLength.toFixed(3)}, at random 0.5`)
    expect(byScore).toBeGreaterThan(byLength)
    expect(weights.apgr.crossValidatedOnEachSet[set]).toBeGreaterThan(weights.apgr.promptLength[set])
    expect(weights.apgr.fittedOnTheOtherSets[set]).toBeGreaterThan(weights.apgr.promptLength[set])
  })
})

describe('apgr', () => {
  const outcomes = [
    { weak: 0, strong: 1 },
    { weak: 1, strong: 1 },
    { weak: 0, strong: 0 },
    { weak: 1, strong: 1 },
  ]

  it('rewards the right order', () => {
    expect(apgr(outcomes, [4, 3, 2, 1])).toBeCloseTo(0.8)
    expect(apgr(outcomes, [1, 2, 3, 4])).toBeCloseTo(0.2)
  })
})
