import { describe, expect, it } from 'vitest'
import { faultOf, parseScenario, type Scenario } from '../../src/simulator/scenario.ts'

function scenario(model: string): Scenario {
  const parsed = parseScenario(model)
  if (parsed.type === 'unknown') throw new Error(`unknown: ${parsed.behaviour}`)
  return parsed.scenario
}

function faults(model: string, count: number): readonly (string | null)[] {
  const parsed = scenario(model)
  return Array.from({ length: count }, (_, earlier) => {
    const fault = faultOf(parsed, earlier)
    return fault === null ? null : fault.type === 'refusal' ? fault.name : fault.type
  })
}

describe('a model name', () => {
  it('without behaviours answers normally', () => {
    expect(scenario('gpt-5-mini')).toMatchObject({ base: 'gpt-5-mini', strikes: [], fast: null })
  })

  it('strikes every time, unless it says how often', () => {
    expect(faults('m+503', 3)).toEqual(['503', '503', '503'])
    expect(faults('m+503x2', 3)).toEqual(['503', '503', null])
  })

  it('strikes one fault after the other', () => {
    expect(faults('m+503x1+cut=3x2+429-after=2x1', 5)).toEqual(['503', 'cut', 'cut', '429-after', null])
    expect(faults('m+okx1+hangup', 3)).toEqual([null, 'hangup', 'hangup'])
  })

  it('gives amounts on', () => {
    expect(faultOf(scenario('m+cut=7'), 0)).toEqual({ type: 'cut', after: 7 })
    expect(faultOf(scenario('m+429-after-ms=150x1'), 0)).toEqual({ type: 'refusal', name: '429-after-ms', amount: 150 })
    expect(scenario('m+first-token=30+slow=5+headers=9').pace).toEqual({ headersMs: 9, firstTokenMs: 30, chunkMs: 5 })
    expect(scenario('m+fast=10+size=8').fast).toEqual({ chunks: 10, size: 8 })
  })

  it('may carry a tag that changes nothing', () => {
    expect(scenario('m+tag=my-test_1.2+echo')).toMatchObject({ base: 'm', strikes: [], style: { echo: true } })
  })

  it.each(['m+nonsense', 'm+missing-key', 'm+', 'm+503x', 'm+cut=a', 'm+toString'])('%s is unknown', (model) => {
    expect(parseScenario(model).type).toBe('unknown')
  })
})
