import { describe, expect, it } from 'vitest'
import { schemaErrors } from '../../../src/pipeline/validate/schema-errors.ts'

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, mood: { enum: ['good', 'bad'] } },
  required: ['name'],
  additionalProperties: false,
}

describe('schemaErrors', () => {
  it('finds nothing in a value that satisfies the schema', () => {
    expect(schemaErrors(person, { name: 'Ada', mood: 'good' })).toEqual([])
  })

  it.each([
    [{ name: 1 }, '/name must be string'],
    [{}, "the answer must have required property 'name'"],
    [{ name: 'Ada', mood: 'fine' }, '/mood must be equal to one of the allowed values (good, bad)'],
    [[], 'the answer must be object'],
  ])('says in what %j does not', (value, error) => {
    expect(schemaErrors(person, value)).toEqual([error])
  })

  it('follows references, by either draft', () => {
    const item = { type: 'integer' }
    const old = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { item },
      $ref: '#/definitions/item',
    }
    const tuple = { items: [{ type: 'string' }, { type: 'integer' }] }

    expect(schemaErrors(old, 'x')).toEqual(['the answer must be integer'])
    expect(schemaErrors(tuple, ['x', 'y'])).toEqual(['/1 must be integer'])
    expect(schemaErrors({ $defs: { item }, items: { $ref: '#/$defs/item' } }, [1, 'x'])).toEqual(['/1 must be integer'])
  })

  it('checks patterns, and gives up on one that never ends', () => {
    expect(schemaErrors({ type: 'string', pattern: '^a+$' }, 'aaa')).toEqual([])
    expect(schemaErrors({ type: 'string', pattern: '^a+$' }, 'b')).toEqual(['the answer must match pattern "^a+$"'])

    const start = performance.now()
    const errors = schemaErrors({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`)
    expect(errors).toEqual(["checking it against the schema's patterns takes longer than 100 ms"])
    expect(performance.now() - start).toBeLessThan(2_000)
  })
})
