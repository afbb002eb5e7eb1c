import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { exampleOf } from '../../src/simulator/schema-example.ts'

const SCHEMAS: Readonly<Record<string, JsonObject>> = {
  'nested objects': {
    type: 'object',
    properties: {
      a: {
        type: 'object',
        properties: { b: { type: 'array', items: { type: 'boolean' }, minItems: 3 } },
        required: ['b'],
      },
    },
    required: ['a'],
  },
  bounds: {
    type: 'object',
    properties: {
      low: { type: 'integer', minimum: 10 },
      high: { type: 'number', maximum: -4 },
      above: { type: 'integer', exclusiveMinimum: 5 },
      step: { type: 'integer', multipleOf: 7, minimum: 8 },
      long: { type: 'string', minLength: 30 },
      short: { type: 'string', maxLength: 2 },
    },
    required: ['low', 'high', 'above', 'step', 'long', 'short'],
  },
  'references, also to itself': {
    $defs: {
      node: {
        type: 'object',
        properties: { value: { type: 'string' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
        required: ['value'],
      },
    },
    $ref: '#/$defs/node',
  },
  'enum, const, nullable and default': {
    type: 'object',
    properties: {
      e: { enum: [null, 'x', 'y'] },
      c: { const: 4 },
      n: { type: ['null', 'string'] },
      d: { type: 'integer', default: 9 },
    },
    required: ['e', 'c', 'n', 'd'],
  },
  allOf: {
    allOf: [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      { type: 'object', properties: { b: { type: 'number' } }, required: ['b'] },
    ],
  },
  'an array at the top': { type: 'array', items: { oneOf: [{ type: 'integer' }, { type: 'string' }] }, minItems: 2 },
}

describe('an example of a schema', () => {
  it.each(Object.keys(SCHEMAS))('fits: %s', (name) => {
    const schema = SCHEMAS[name] ?? {}
    const ajv = new Ajv({ strict: false })
    const example = exampleOf(schema, { words: ['Paris'], numbers: [3] })
    expect({ fits: ajv.validate(schema, example), errors: ajv.errors ?? [] }).toEqual({ fits: true, errors: [] })
  })

  it('takes words and numbers of the prompt', () => {
    const schema = { type: 'OBJECT', properties: { city: { type: 'STRING' }, days: { type: 'INTEGER' } } }
    expect(exampleOf(schema, { words: ['Rome'], numbers: [4] })).toEqual({ city: 'Rome', days: 4 })
  })
})
