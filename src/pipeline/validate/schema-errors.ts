import { createContext, Script } from 'node:vm'
import type { ValidateFunction } from 'ajv'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { readSchema, wordsOf } from './schema-draft.ts'
import { rememberSchemas } from './schema-memory.ts'

const validators = rememberSchemas<ValidateFunction>(200)

/**
 * In what a value does not satisfy a schema that `checkJsonSchema` let pass; empty where it satisfies it. Formats are
 * notes (as draft 2020-12 has it), not checked.
 */
export function schemaErrors(schema: JsonObject, value: JsonValue): readonly string[] {
  const text = JSON.stringify(schema)
  const validate = validators(text, () => compiled(schema))
  try {
    if (PATTERN.test(text) ? validateInTime(validate, value) : validate(value)) return []
  } catch (error) {
    if (isTimeout(error)) return [`checking it against the schema's patterns takes longer than ${MOST_MS} ms`]
    throw error
  }
  return (validate.errors ?? []).map((error) => `${error.instancePath || 'the answer'} ${wordsOf(error)}`)
}

function compiled(schema: JsonObject): ValidateFunction {
  const read = readSchema(schema)
  if (!read.ok) throw new Error(`Not a JSON Schema: ${read.problem}`)
  return read.compile()
}

/**
 * A caller's pattern may take time that is exponential in the text (`^(a+)+$`), and the caller has a say in the text.
 * Node can stop code only within a context of its own; that costs a quarter of a millisecond.
 */
const PATTERN = /"pattern(Properties)?"/
const MOST_MS = 100
const run = new Script('validate(value)')

function validateInTime(validate: ValidateFunction, value: JsonValue): boolean {
  return run.runInContext(createContext({ validate, value }), { timeout: MOST_MS }) === true
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
