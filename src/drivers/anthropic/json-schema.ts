import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/** What can't be enforced: these say more than a closed tree of types can. */
const BEYOND: readonly string[] = [
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedProperties',
  '$dynamicRef',
  'definitions',
  'contains',
]

const LOCAL_REF = /^#\/\$defs\/[^/]+$/

/**
 * A schema as structured outputs take it: objects closed, constraints that are not enforced moved into descriptions. Null
 * where it can't be said so, as with open or recursive objects. What fits the result fits the original.
 */
export function enforceable(schema: JsonObject): JsonObject | null {
  if (!isClosable(schema) || isRecursive(schema)) return null
  return transformJSONSchema(schema)
}

function isClosable(schema: JsonValue): boolean {
  if (!isJsonObject(schema)) return false
  if (BEYOND.some((keyword) => keyword in schema)) return false
  if (typeof schema.$ref === 'string') return LOCAL_REF.test(schema.$ref) && closableMap(schema.$defs)
  if (Array.isArray(schema.type)) return false
  if (!('type' in schema) && !['anyOf', 'oneOf', 'allOf', 'enum', 'const'].some((keyword) => keyword in schema))
    return false
  if (schema.type === 'object' && !isClosableObject(schema)) return false
  if (schema.type === 'array' && !isClosable(schema.items ?? null)) return false
  const variants = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list : []))
  return variants.every((variant: JsonValue) => isClosable(variant)) && closableMap(schema.$defs)
}

function isClosableObject(schema: JsonObject): boolean {
  const { properties, additionalProperties } = schema
  if (isJsonObject(additionalProperties)) return false
  const open = additionalProperties !== false && (!isJsonObject(properties) || Object.keys(properties).length === 0)
  return !open && closableMap(properties)
}

function closableMap(schemas: JsonValue | undefined): boolean {
  return schemas === undefined || (isJsonObject(schemas) && Object.values(schemas).every(isClosable))
}

/** Whether a definition leads back to itself. */
function isRecursive(schema: JsonObject): boolean {
  const definitions = isJsonObject(schema.$defs) ? schema.$defs : {}
  const leadsTo = (name: string, seen: readonly string[]): boolean =>
    refsIn(definitions[name] ?? null).some((next) => seen.includes(next) || leadsTo(next, [...seen, next]))
  return Object.keys(definitions).some((name) => leadsTo(name, [name]))
}

function refsIn(value: JsonValue): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn)
  if (!isJsonObject(value)) return []
  const own = typeof value.$ref === 'string' ? [value.$ref.split('/').at(-1) ?? ''] : []
  return [...own, ...Object.values(value).flatMap(refsIn)]
}
