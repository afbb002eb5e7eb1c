import { existsSync, readFileSync } from 'node:fs'
import {
  type ASTNode,
  buildSchema,
  type DefinitionNode,
  findBreakingChanges,
  findDangerousChanges,
  type GraphQLArgument,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { createSchema, printedSchema } from '../../src/graph/schema.ts'

const CONTRACT = new URL('../../../shared/contract.graphql', import.meta.url)
const FILE = new URL('../../schema/schema.graphql', import.meta.url)

describe('the served schema', () => {
  it('is the one in schema/schema.graphql (else run `npm run schema`)', () => {
    expect(readFileSync(FILE, 'utf8')).toBe(printedSchema())
  })

  it('describes every element', () => {
    const types = Object.values(createSchema().getTypeMap()).filter((type) => !type.name.startsWith('__'))
    expect(types.filter((type) => !isSpecifiedScalarType(type)).flatMap(undescribed)).toEqual([])
  })

  it('has the very oneOf inputs', () => {
    const types = Object.values(createSchema().getTypeMap()).filter(isInputObjectType)
    const names = types.filter((type) => type.isOneOf).map((type) => type.name)
    expect(names.sort()).toEqual([
      'ErasePayloadsInput',
      'InputPartInput',
      'MessageInput',
      'OutputInput',
      'QuotaScopeInput',
      'ToolChoiceInput',
    ])
  })
})

describe.skipIf(!existsSync(CONTRACT))('the contract (skipped where ../shared/contract.graphql is absent)', () => {
  const contract = () => buildSchema(readFileSync(CONTRACT, 'utf8'))

  it('is not broken by the served schema', () => {
    expect(findBreakingChanges(contract(), createSchema())).toEqual([])
    const dangerous = findDangerousChanges(contract(), createSchema())
    // A caller that does not know of an optional argument asks as before.
    expect(dangerous.filter(({ type }) => type !== 'OPTIONAL_ARG_ADDED')).toEqual([])
  })

  it('is in the served schema word for word: fields, arguments, defaults, nullability, values, interfaces', () => {
    const served = new Set(elements(printSchema(createSchema())))
    expect(elements(printSchema(contract())).filter((element) => !served.has(element))).toEqual([])
  })
})

/** Every field, argument, value and member of a schema as one line of text, without descriptions. */
function elements(schema: string): string[] {
  const bare = visit(parse(schema), {
    enter: (node: ASTNode) => ('description' in node ? { ...node, description: undefined } : undefined),
  })
  return bare.definitions.flatMap((node) => {
    const name = 'name' in node && node.name ? `${node.kind} ${node.name.value}` : node.kind
    return [name, ...membersOf(node).flatMap((member) => printedMember(member).map((line) => `${name} ${line}`))]
  })
}

/** A field may take more arguments than the contract says, so each of them is a line of its own. */
function printedMember(member: ASTNode): string[] {
  if (member.kind !== Kind.FIELD_DEFINITION) return [print(member)]
  const { arguments: args = [], ...field } = member
  return [print(field), ...args.map((arg) => `${member.name.value}(${print(arg)})`)]
}

function membersOf(definition: DefinitionNode): readonly ASTNode[] {
  const lists = ['fields', 'values', 'types', 'interfaces'] as const
  const members = lists.flatMap((list) => (list in definition ? (Reflect.get(definition, list) ?? []) : []))
  const directives = 'directives' in definition ? (definition.directives ?? []) : []
  return [...members, ...directives.filter((directive) => directive.name.value === 'oneOf')]
}

function undescribed(type: GraphQLNamedType): string[] {
  const missing = type.description ? [] : [type.name]
  if (isEnumType(type)) {
    return [...missing, ...type.getValues().flatMap((value) => (value.description ? [] : [`${type}.${value.name}`]))]
  }
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return missing
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const name = `${type}.${field.name}`
    const args: readonly GraphQLArgument[] = 'args' in field ? field.args : []
    return [
      ...(field.description ? [] : [name]),
      ...args.filter((arg) => !arg.description).map((arg) => `${name}(${arg.name})`),
    ]
  })
  return [...missing, ...fields]
}
