import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** What an example may be made of. */
export interface Ingredients {
  /** Names and other words of the prompt, taken for strings in turn. */
  readonly words: readonly string[]
  /** Numbers of the prompt, taken for numbers in turn. */
  readonly numbers: readonly number[]
}

/** Deeper than this, only what a schema requires is filled in. */
const DEPTH_OF_OPTIONALS = 4
const DEPTH_LIMIT = 12

interface Work {
  readonly root: JsonObject
  readonly words: string[]
  readonly numbers: number[]
}

/** A value that satisfies a JSON Schema as far as its types, enums, bounds and required properties go. */
export function exampleOf(schema: JsonObject, { words, numbers }: Ingredients): JsonValue {
  return build(schema, { root: schema, words: [...words], numbers: [...numbers] }, 0)
}

function build(schema: JsonObject, work: Work, depth: number): JsonValue {
  if (depth > DEPTH_LIMIT) return null
  const resolved = resolve(schema, work.root)
  if (resolved.const !== undefined) return resolved.const
  if (Array.isArray(resolved.enum)) return resolved.enum.find((value) => value !== null) ?? null
  if (resolved.default !== undefined && resolved.default !== null) return resolved.default
  const branch = branchOf(resolved)
  if (branch !== null) return build(branch, work, depth + 1)
  return MAKERS[typeOf(resolved)](resolved, work, depth)
}

/** Follows `$ref` within the schema and merges `allOf`. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let resolved = schema
  for (let hops = 0; typeof resolved.$ref === 'string' && hops < DEPTH_LIMIT; hops++) {
    const { $ref, ...beside } = resolved
    resolved = { ...pointedAt(String($ref), root), ...beside }
  }
  if (!Array.isArray(resolved.allOf)) return resolved
  const { allOf, ...own } = resolved
  return Array.isArray(allOf)
    ? allOf
        .filter(isJsonObject)
        .map((part) => resolve(part, root))
        .reduce(merged, own)
    : own
}

function merged(a: JsonObject, b: JsonObject): JsonObject {
  const properties = { ...objectAt(a, 'properties'), ...objectAt(b, 'properties') }
  return { ...a, ...b, properties, required: [...namesAt(a, 'required'), ...namesAt(b, 'required')] }
}

function pointedAt(pointer: string, root: JsonObject): JsonObject {
  let at: JsonValue | undefined = root
  for (const step of pointer.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    at = isJsonObject(at) ? at[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  }
  return isJsonObject(at) ? at : {}
}

function branchOf(schema: JsonObject): JsonObject | null {
  const branches = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : []
  return branches.filter(isJsonObject).find((branch) => branch.type !== 'null') ?? null
}

type SchemaType = keyof typeof MAKERS

/** The type in lower case (Gemini's own schemas write it in capitals); the first that isn't null where there are several. */
function typeOf(schema: JsonObject): SchemaType {
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).map((type) => String(type).toLowerCase())
  const type = types.find((name) => name !== 'null') ?? 'null'
  if (isSchemaType(type)) return type
  return schema.properties === undefined ? 'string' : 'object'
}

function isSchemaType(name: string): name is SchemaType {
  return Object.hasOwn(MAKERS, name)
}

const MAKERS = {
  null: () => null,
  boolean: () => true,
  integer: (schema, work) => Math.ceil(within(schema, work)),
  number: (schema, work) => within(schema, work),
  string: (schema, work) => textFor(schema, work),
  array: (schema, work, depth) => arrayFor(schema, work, depth),
  object: (schema, work, depth) => objectFor(schema, work, depth),
} satisfies Record<string, (schema: JsonObject, work: Work, depth: number) => JsonValue>

function within(schema: JsonObject, work: Work): number {
  const low = boundAt(schema, 'minimum') ?? (boundAt(schema, 'exclusiveMinimum') ?? Number.NEGATIVE_INFINITY - 1) + 1
  const high = boundAt(schema, 'maximum') ?? (boundAt(schema, 'exclusiveMaximum') ?? Number.POSITIVE_INFINITY) - 1
  const wish = work.numbers.shift() ?? 1
  const bounded = Math.min(Math.max(wish, low), high)
  const step = boundAt(schema, 'multipleOf')
  return step === null || step === 0 ? bounded : Math.ceil(bounded / step) * step
}

const FORMATS: Readonly<Record<string, string>> = {
  date: '2025-01-31',
  time: '12:00:00Z',
  'date-time': '2025-01-31T12:00:00Z',
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000001',
  ipv4: '192.0.2.1',
  hostname: 'example.com',
}

function textFor(schema: JsonObject, work: Work): string {
  const format = FORMATS[String(schema.format)]
  if (format !== undefined) return format
  const text = work.words.shift() ?? 'example'
  const shortest = boundAt(schema, 'minLength') ?? 0
  const longest = boundAt(schema, 'maxLength') ?? Number.POSITIVE_INFINITY
  return text.padEnd(shortest, '.').slice(0, longest)
}

function arrayFor(schema: JsonObject, work: Work, depth: number): JsonValue {
  const items = isJsonObject(schema.items) ? schema.items : {}
  const length = Math.max(boundAt(schema, 'minItems') ?? 0, depth > DEPTH_OF_OPTIONALS ? 0 : 1)
  return Array.from({ length }, () => build(items, work, depth + 1))
}

function objectFor(schema: JsonObject, work: Work, depth: number): JsonObject {
  const properties = objectAt(schema, 'properties')
  const required = namesAt(schema, 'required')
  const names = depth > DEPTH_OF_OPTIONALS ? required : Object.keys(properties)
  return Object.fromEntries(
    names.map((name) => {
      const property = properties[name]
      return [name, build(isJsonObject(property) ? property : {}, work, depth + 1)]
    }),
  )
}

function objectAt(schema: JsonObject, name: string): JsonObject {
  const value = schema[name]
  return isJsonObject(value) ? value : {}
}

function namesAt(schema: JsonObject, name: string): string[] {
  const value = schema[name]
  return Array.isArray(value) ? value.map(String) : []
}

function boundAt(schema: JsonObject, name: string): number | null {
  const value = schema[name]
  return typeof value === 'number' ? value : null
}
