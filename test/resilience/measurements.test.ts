import { describe, expect, it } from 'vitest'
import { measurements } from '../../src/resilience/measurements.ts'
import { paceOf } from '../../src/resilience/pace.ts'
import { manualClock } from '../support/manual-clock.ts'

const MINUTE = 60_000

function tested() {
  const clock = manualClock()
  const model = measurements(clock)
  return {
    clock,
    model,
    answer(firstTokenMs: number, tokensPerSecond: number | null = null) {
      model.began()
      model.ended({ firstTokenMs, tokensPerSecond })
    },
  }
}

describe('the measurements of a model', () => {
  it('are nothing at first', () => {
    expect(tested().model.read()).toEqual({
      firstTokenMs: null,
      firstTokenP95Ms: null,
      tokensPerSecond: null,
      answers: 0,
      failures: 0,
      inFlight: 0,
    })
  })

  it('are medians of what is known, beside failures and what is under way', () => {
    const { model, answer } = tested()
    answer(100, 50)
    answer(9_000)
    answer(300, 70)
    model.began()
    model.ended('failed')
    model.began()
    model.ended(null)
    model.began()
    expect(model.read()).toEqual({
      firstTokenMs: 300,
      firstTokenP95Ms: null,
      tokensPerSecond: 60,
      answers: 3,
      failures: 1,
      inFlight: 1,
    })
  })

  it('follow a change within sixteen answers', () => {
    const { model, answer } = tested()
    for (let count = 0; count < 100; count++) answer(5_000)
    for (let count = 0; count < 17; count++) answer(200)
    expect(model.read()).toMatchObject({ firstTokenMs: 200, answers: 32 })
  })

  it('tell the p95 of eight and more answers', () => {
    const { model, answer } = tested()
    for (let count = 1; count <= 7; count++) answer(count * 100)
    expect(model.read().firstTokenP95Ms).toBeNull()
    answer(50)
    expect(model.read().firstTokenP95Ms).toBe(700)
    for (let count = 0; count < 12; count++) answer(10)
    expect(model.read().firstTokenP95Ms).toBe(600)
  })

  it('learn from an attempt that was outrun how slow it is, unless it had no time to be', () => {
    const { model, answer } = tested()
    const outrun = (afterMs: number) => {
      model.began()
      model.outrun(afterMs)
    }
    outrun(9_000)
    expect(model.read()).toMatchObject({ firstTokenMs: null, answers: 0, inFlight: 0 })
    for (let count = 0; count < 8; count++) answer(100)
    outrun(40)
    expect(model.read()).toMatchObject({ firstTokenP95Ms: 100, answers: 8 })
    outrun(900)
    expect(model.read()).toMatchObject({ firstTokenP95Ms: 900, answers: 9, inFlight: 0 })
  })

  it('forget what is older than ten minutes', () => {
    const { clock, model, answer } = tested()
    answer(100)
    clock.pass(9 * MINUTE)
    answer(300)
    clock.pass(2 * MINUTE)
    expect(model.read()).toMatchObject({ firstTokenMs: 300, answers: 1 })
    clock.pass(9 * MINUTE)
    expect(model.read()).toMatchObject({ firstTokenMs: null, answers: 0, inFlight: 0 })
  })
})

describe('the pace of an answer', () => {
  it('is its output after the first token, by the time that took', () => {
    const timing = { firstTokenMs: 500, durationMs: 2_500, usage: { outputTokens: 100 } }
    expect(paceOf(timing)).toEqual({ firstTokenMs: 500, tokensPerSecond: 50 })
  })

  it.each([
    ['came in one piece', { firstTokenMs: 2_500, durationMs: 2_501, usage: { outputTokens: 100 } }],
    ['was short', { firstTokenMs: 500, durationMs: 2_500, usage: { outputTokens: 3 } }],
    ['was not counted', { firstTokenMs: 500, durationMs: 2_500, usage: null }],
    ['had no token', { firstTokenMs: null, durationMs: 2_500, usage: { outputTokens: 100 } }],
  ])('tells no speed where it %s', (_name, timing) => {
    expect(paceOf(timing)).toEqual({ firstTokenMs: timing.firstTokenMs, tokensPerSecond: null })
  })
})
