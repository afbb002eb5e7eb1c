import { GraphQLError, Kind, type ValueNode } from 'graphql'

type Variables = Readonly<Record<string, unknown>> | null | undefined

/**
 * A JSON value written in the query itself. Objects are plain ones, and a field named `__proto__` is only a field.
 * @throws GraphQLError for an enum value, which JSON has no word for
 */
export function jsonLiteral(node: ValueNode, variables?: Variables): NonNullable<unknown> | null {
  switch (node.kind) {
    case Kind.NULL:
      return null
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value
    case Kind.LIST:
      return node.values.map((item) => jsonLiteral(item, variables))
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, jsonLiteral(field.value, variables)]))
    case Kind.VARIABLE:
      return variables?.[node.name.value] ?? null
    case Kind.ENUM:
      throw new GraphQLError(`JSON has no value ${node.value}: put it in quotes.`, { nodes: node })
  }
}
