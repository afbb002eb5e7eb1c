import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql'

/** What fields within a query are given where they need it. */
const NEEDED: Readonly<Record<string, string>> = {
  quantile: '0.5',
  range: '{ from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z" }',
}

const DEEPEST = 12

/**
 * An operation on one root field that selects all that can be reached from it, so that a field that is added later is
 * selected too. No type stands within itself.
 */
export function wholeOperation(schema: GraphQLSchema, kind: 'query' | 'mutation' | 'subscription', name: string) {
  const root = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  }
  const field = root[kind]?.getFields()[name]
  if (!field) throw new Error(`There is no ${kind} ${name}`)
  const variables = field.args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ')
  const given = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ')
  const selection = selectionOf(schema, getNamedType(field.type), [])
  return `${kind}${variables && ` (${variables})`} { ${name}${given && `(${given})`} ${selection} }`
}

function selectionOf(schema: GraphQLSchema, type: GraphQLNamedType, path: readonly string[]): string {
  if (isLeafType(type)) return ''
  if (isUnionType(type) || isInterfaceType(type)) {
    const members = schema.getPossibleTypes(type).filter((member) => !path.includes(member.name))
    return `{ __typename ${members.map((member) => `... on ${member.name} ${selectionOf(schema, member, path)}`).join(' ')} }`
  }
  if (!isObjectType(type)) throw new Error(`${type.name} can not be selected from`)
  const within = [...path, type.name]
  const fields = Object.values(type.getFields()).flatMap((field) => fieldOf(schema, type.name, field, within))
  return `{ __typename ${fields.join(' ')} }`
}

/** Under a name of its type's own, since fields of the members of a union may differ in their types. */
function fieldOf(
  schema: GraphQLSchema,
  owner: string,
  field: GraphQLField<unknown, unknown>,
  path: readonly string[],
): readonly string[] {
  const type = getNamedType(field.type)
  if (path.includes(type.name) || path.length > DEEPEST) return []
  const needed = field.args.filter(isRequiredArgument).map(({ name }) => {
    const value = NEEDED[name]
    if (value === undefined) throw new Error(`${owner}.${field.name} needs "${name}": say in NEEDED what to give`)
    return `${name}: ${value}`
  })
  const given = needed.length > 0 ? `(${needed.join(', ')})` : ''
  return [`${owner}_${field.name}: ${field.name}${given} ${selectionOf(schema, type, path)}`]
}
