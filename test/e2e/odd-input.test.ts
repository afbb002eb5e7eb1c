import {
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'
import { beforeAll, expect, it } from 'vitest'
import { newCallId } from '../../src/core/call-id.ts'
import { SCOPES } from '../../src/core/caller.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createSchema } from '../../src/graph/schema.ts'
import { describeDatabases } from '../support/database.ts'
import type { Client } from './client.ts'
import { houseOf } from './harness.ts'

const schema = createSchema()

/** What stands for values of each kind. */
interface Oddity {
  readonly text: string
  readonly id: string
  readonly number: number
  readonly time: string
}

const id = newCallId(systemClock)
const ODDITIES: Readonly<Record<string, Oddity>> = {
  'the character zero': { text: 'a\0b', id: '\0', number: -1, time: '0001-01-01T00:00:00Z' },
  'the character zero beside ids of nothing': { text: '\0', id, number: 1, time: '2026-01-01T00:00:00Z' },
  'nothing at all': { text: '', id: '', number: 0, time: '1970-01-01T00:00:00Z' },
  'half of a pair, and large numbers': { text: '\ud800', id, number: 2 ** 31 - 1, time: '9999-12-31T23:59:59Z' },
  'far too much': {
    text: 'x'.repeat(50_000),
    id: 'x'.repeat(50_000),
    number: -(2 ** 31),
    time: '9999-12-31T00:00:00Z',
  },
  'what looks like SQL': { text: `'; drop table call; --`, id: `' or 1=1 --`, number: 7, time: '2026-02-28T00:00:00Z' },
}

const PLAIN: Oddity = { text: 'a', id, number: 1, time: '2026-01-01T00:00:00Z' }

/** Leads to one value within another: the names of fields. */
type Path = readonly string[]

/** The paths to all values within a type that are texts, numbers, times or JSON. */
function pathsOf(type: GraphQLInputType): readonly Path[] {
  if (isNonNullType(type) || isListType(type)) return pathsOf(type.ofType)
  if (!isInputObjectType(type)) return isEnumType(type) || type.name === 'Boolean' ? [] : [[]]
  return Object.values(type.getFields()).flatMap((field) => pathsOf(field.type).map((path) => [field.name, ...path]))
}

/** A value of a type with something odd at a path. What else is required is plain, and what is not is left out. */
function oddOf(type: GraphQLInputType, as: Oddity, path: Path | null): unknown {
  if (isNonNullType(type)) return oddOf(type.ofType, as, path)
  if (isListType(type)) return [oddOf(type.ofType, as, path)]
  if (isEnumType(type)) return type.getValues()[0]?.name
  if (!isInputObjectType(type)) return leafOf(type.name, path === null ? PLAIN : as)
  const fields = Object.values(type.getFields())
  const [wanted = type.isOneOf ? fields[0]?.name : undefined, ...rest] = path ?? []
  const given = fields.filter((field) => field.name === wanted || isRequiredInputField(field))
  return Object.fromEntries(
    given.map((field) => [field.name, oddOf(field.type, as, path && field.name === wanted ? rest : null)]),
  )
}

function leafOf(name: string, { text, id, number, time }: Oddity): unknown {
  const values: Readonly<Record<string, unknown>> = {
    String: text,
    ID: id,
    Int: number,
    Float: number,
    Boolean: true,
    DateTime: time,
    Decimal: '1',
    JSON: { strategy: 'priority', models: [`a/${text}`], [text]: text },
  }
  if (!(name in values)) throw new Error(`What is an odd ${name}? Say so here`)
  return values[name]
}

/** Each query and mutation of the schema. */
const FIELDS = [schema.getQueryType(), schema.getMutationType()].flatMap((root, at) =>
  Object.values(root?.getFields() ?? {})
    .filter(({ args }) => args.length > 0)
    .map((field) => ({ kind: at === 0 ? 'query' : 'mutation', name: field.name, field })),
)

describeDatabases('odd input', (suite) => {
  const house = houseOf(suite)
  let client: Client
  beforeAll(async () => {
    client = await house().client({ scopes: SCOPES })
  })

  it.each(FIELDS)('never breaks the $kind $name', async ({ kind, name, field }) => {
    const variables = field.args.map((argument) => `$${argument.name}: ${argument.type}`).join(', ')
    const given = field.args.map((argument) => `${argument.name}: $${argument.name}`).join(', ')
    const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }'
    const query = `${kind} (${variables}) { ${name}(${given}) ${selection} }`
    const paths = field.args.flatMap((argument) => pathsOf(argument.type).map((path) => [argument.name, ...path]))
    for (const [at, ...path] of paths) {
      for (const [what, oddity] of Object.entries(ODDITIES)) {
        const args = field.args.filter((argument) => argument.name === at || isRequiredArgument(argument))
        const values = Object.fromEntries(
          args.map((each) => [each.name, oddOf(each.type, oddity, each.name === at ? path : null)]),
        )
        const { errors } = await client.post(query, values)
        const broken = errors.filter(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR')
        expect(broken, `${what} at ${[at, ...path].join('.')}: ${JSON.stringify(values).slice(0, 500)}`).toEqual([])
      }
    }
  })
})
