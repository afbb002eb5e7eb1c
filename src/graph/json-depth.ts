import { GraphQLError } from 'graphql'

/** Far beyond any JSON Schema or tool call, and far below what ends the stack of a function that calls itself. */
const DEEPEST = 128

/**
 * The same value.
 * @throws GraphQLError where it is nested too deep for what walks over it later
 */
export function notTooDeep<Value>(value: Value): Value {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw new GraphQLError(`JSON may be nested ${DEEPEST} levels deep at most.`)
    level = level.flatMap(membersOf)
  }
  return value
}

function membersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value)
}
