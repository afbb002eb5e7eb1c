import { GraphQLError, Kind, type ValueNode } from 'graphql'
import { builder } from './builder.ts'
import { parseDateTime } from './date-time.ts'
import { notTooDeep } from './json-depth.ts'
import { jsonLiteral } from './json-literal.ts'

const DECIMAL = /^-?\d{1,40}(\.\d{1,40})?$/

builder.scalarType('Decimal', {
  description: 'An exact decimal number as a string, never a float: "0.00001875".',
  serialize: (value) => value,
  parseValue: parseDecimal,
  parseLiteral: (node) => parseDecimal(plainLiteral(node)),
})

builder.scalarType('DateTime', {
  description: 'ISO 8601 with a time zone.',
  specifiedByURL: 'https://datatracker.ietf.org/doc/html/rfc3339',
  serialize: (ms) => new Date(ms).toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(plainLiteral(node)),
})

builder.scalarType('JSON', {
  description: 'Any JSON value: an object, an array, a string, a number, a boolean or null.',
  specifiedByURL: 'https://datatracker.ietf.org/doc/html/rfc8259',
  serialize: (value) => value,
  // GraphQL deals with a null in a scalar's place before it asks the scalar.
  parseValue: (value) => notTooDeep(value) as NonNullable<unknown>,
  parseLiteral: (node, variables) => notTooDeep(jsonLiteral(node, variables)) as NonNullable<unknown>,
})

builder.scalarType('SafeInt', {
  description: 'A whole number up to 2^53 - 1: token totals outgrow Int.',
  serialize: (value) => value,
  parseValue: parseSafeInt,
  parseLiteral: (node) => parseSafeInt(plainLiteral(node)),
})

builder.scalarType('Vector', {
  description: 'A list of numbers. One value and not a list of Floats, since answers hold millions of them.',
  serialize: (value) => value,
  parseValue: noVector,
  parseLiteral: noVector,
})

function noVector(): never {
  throw new GraphQLError('A Vector is only ever an answer.')
}

function parseDecimal(value: unknown): string {
  if (typeof value === 'string' && DECIMAL.test(value)) return value
  throw new GraphQLError('A Decimal is a plain decimal number in quotes, such as "0.05".')
}

function parseSafeInt(value: unknown): number {
  if (Number.isSafeInteger(value) && typeof value === 'number') return value
  throw new GraphQLError('A SafeInt is a whole number between -(2^53 - 1) and 2^53 - 1.')
}

/** The value of a literal; null for what is neither a text nor a whole number. */
function plainLiteral(node: ValueNode): unknown {
  if (node.kind === Kind.STRING) return node.value
  return node.kind === Kind.INT ? Number(node.value) : null
}
