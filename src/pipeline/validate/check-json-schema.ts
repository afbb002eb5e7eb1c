import type { JsonObject } from '../../core/json.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues, Path } from './issues.ts'
import { checkJsonObject } from './json-value.ts'
import { readSchema } from './schema-draft.ts'
import { rememberSchemas } from './schema-memory.ts'

/** What is wrong with a schema; empty where nothing is. */
const problems = rememberSchemas<string>(1_000)

/**
 * Checks that a value is a JSON Schema of draft 2020-12 or draft-07, by its `$schema` where it has one. Hands it on, null
 * where it is none.
 */
export function checkJsonSchema(value: unknown, limits: InputLimits, path: Path, issues: Issues): JsonObject | null {
  const schema = checkJsonObject(value, limits.jsonDepth, path, issues)
  if (schema === null) return null
  const text = JSON.stringify(schema)
  if (text.length > limits.schemaCharacters) {
    issues.add(path, `Must have at most ${limits.schemaCharacters} characters as JSON; this has ${text.length}.`)
    return null
  }
  const problem = problems(text, () => problemOf(schema))
  if (problem === '') return schema
  issues.add(path, `Is no JSON Schema: ${problem}.`)
  return null
}

function problemOf(schema: JsonObject): string {
  const read = readSchema(schema)
  return read.ok ? '' : read.problem
}
