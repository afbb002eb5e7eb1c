import { describe, expect, it } from 'vitest'
import { serviceTierOf } from '../../src/drivers/service-tier.ts'

describe('the service tier of an answer', () => {
  it.each(['', 'auto', 'default', 'standard', 'on_demand', 'provisioned', 'STANDARD'])(
    '%j is the usual one',
    (said) => {
      expect(serviceTierOf(said)).toBeNull()
    },
  )

  it.each([undefined, null, 7])('%j says nothing', (said) => {
    expect(serviceTierOf(said)).toBeNull()
  })

  it('is any other in lower case', () => {
    expect(serviceTierOf('flex')).toBe('flex')
    expect(serviceTierOf('PRIORITY')).toBe('priority')
  })
})
