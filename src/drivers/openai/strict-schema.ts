import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'

/**
 * Whether OpenAI's strict mode takes a schema: every object in it is closed and requires all that it has
 * (platform.openai.com/docs/guides/structured-outputs, "Supported schemas"). Others go without strict mode: the model then
 * sees them, but is not held to them.
 */
export function isStrictSchema(schema: JsonObject): boolean {
  return (
    Object.entries(schema).every(([, value]) => isStrictValue(value)) && (schema.type !== 'object' || isClosed(schema))
  )
}

function isStrictValue(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.every(isStrictValue)
  return !isJsonObject(value) || isStrictSchema(value)
}

function isClosed({ properties, required, additionalProperties }: JsonObject): boolean {
  const names = isJsonObject(properties) ? Object.keys(properties) : []
  const needed = Array.isArray(required) ? required : []
  return additionalProperties === false && names.every((name) => needed.includes(name))
}
