import { describe, expect, it } from 'vitest'
import type { Sample } from '../../../src/core/feedback.ts'
import { holm } from '../../../src/ledger/feedback/statistics/holm.ts'
import { meanInterval, welch } from '../../../src/ledger/feedback/statistics/means.ts'
import { normalTwoSided } from '../../../src/ledger/feedback/statistics/normal.ts'
import { twoProportions, wilsonInterval } from '../../../src/ledger/feedback/statistics/proportions.ts'
import { studentQuantile, studentTwoSided } from '../../../src/ledger/feedback/statistics/student.ts'

// Expected values are SciPy 1.17's, and where noted those of R's manual pages.

describe('the normal distribution', () => {
  it.each([
    [0, 1],
    [0.3, 0.7641771556220948],
    [1, 0.31731050786291415],
    [-1.959963984540054, 0.05],
    [2.5758293035489004, 0.01],
    [5, 5.733031437583866e-7],
    [8, 1.244192114854348e-15],
  ])('leaves beyond %f on both sides %f', (z, expected) => {
    expect(normalTwoSided(z) / expected).toBeCloseTo(1, 10)
  })
})

describe("Student's distribution", () => {
  it.each([
    [2.2281388519649385, 10, 0.05000000000180864],
    [12.706204736432095, 1, 0.0499999999999989],
    [0.5, 3.7, 0.6453356333199318],
    [-4.2, 250.5, 3.712857959665726e-5],
    [30, 5, 7.718648620496053e-7],
    [0, 4, 1],
  ])('leaves beyond %f with %f degrees of freedom %f', (t, freedom, expected) => {
    expect(studentTwoSided(t, freedom) / expected).toBeCloseTo(1, 9)
  })

  it.each([
    [0.05, 1, 12.706204736174705],
    [0.05, 7.5, 2.3330396268649745],
    [0.05, 1000, 1.9623390808264085],
    [0.01, 4, 4.604094871349993],
  ])('has %f beyond, with %f degrees of freedom, from %f on', (twoSided, freedom, expected) => {
    expect(studentQuantile(twoSided, freedom)).toBeCloseTo(expected, 8)
  })
})

/** "sleep", the data of Student's own paper, as R has it. */
const FIRST: Sample = { count: 10, mean: 0.75, variance: 3.2005555555555554 }
const SECOND: Sample = { count: 10, mean: 2.33, variance: 4.009 }

describe("Welch's test", () => {
  it('finds in the sleep data what R finds: t.test(extra ~ group, sleep)', () => {
    const found = welch(FIRST, SECOND)
    expect(found?.estimate).toBeCloseTo(-1.58, 12)
    expect(found?.pValue).toBeCloseTo(0.0793941401873583, 10)
    expect(found?.interval.low).toBeCloseTo(-3.3654832307117104, 8)
    expect(found?.interval.high).toBeCloseTo(0.2054832307117114, 8)
  })

  it("can't tell of fewer than two values, nor where nothing varies", () => {
    expect(welch({ count: 1, mean: 3, variance: 0 }, SECOND)).toBeNull()
    expect(welch({ count: 5, mean: 3, variance: 0 }, { count: 5, mean: 4, variance: 0 })).toBeNull()
    expect(welch({ count: 5, mean: 3, variance: 0 }, SECOND)).not.toBeNull()
  })

  it('has an interval for a single mean', () => {
    const interval = meanInterval(FIRST)
    expect(interval?.low).toBeCloseTo(-0.5297804135262318, 8)
    expect(interval?.high).toBeCloseTo(2.0297804135262316, 8)
    expect(meanInterval({ count: 1, mean: 2, variance: 0 })).toBeNull()
  })
})

describe('the test of two proportions', () => {
  it('takes the pooled share', () => {
    const found = twoProportions({ hits: 180, of: 200 }, { hits: 176, of: 220 })
    expect(found?.estimate).toBeCloseTo(0.1, 12)
    expect(found?.pValue).toBeCloseTo(0.004399853955616641, 12)
    expect(found?.interval.low).toBeCloseTo(0.03275087582321648, 12)
    expect(found?.interval.high).toBeCloseTo(0.16724912417678348, 12)
  })

  it("can't tell where fewer than five were to be expected, or of nothing", () => {
    expect(twoProportions({ hits: 100, of: 100 }, { hits: 97, of: 100 })).toBeNull()
    expect(twoProportions({ hits: 0, of: 0 }, { hits: 50, of: 100 })).toBeNull()
  })

  it("has Wilson's interval for a single one", () => {
    const three = wilsonInterval({ hits: 15, of: 20 })
    expect(three?.low).toBeCloseTo(0.5312991223812561, 10)
    expect(three?.high).toBeCloseTo(0.8881382985923344, 10)
    expect(wilsonInterval({ hits: 0, of: 10 })).toEqual({ low: 0, high: expect.closeTo(0.27753279986288926, 10) })
    expect(wilsonInterval({ hits: 0, of: 0 })).toBeNull()
  })
})

describe("Holm's method", () => {
  it('raises p-values as R does: p.adjust(c(.03, .01, .04, .02), "holm")', () => {
    expect(holm([0.03, 0.01, 0.04, 0.02])).toEqual([0.06, 0.04, 0.06, 0.06])
    expect(holm([0.5, 0.6])).toEqual([1, 1])
    expect(holm([])).toEqual([])
  })
})
