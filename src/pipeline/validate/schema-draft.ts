import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** One draft of JSON Schema. Schemas are handed to it without their `$schema`. */
interface Draft {
  /** What is wrong with a schema by this draft; null where nothing is. */
  problemOf(schema: JsonObject): string | null
  /** @throws Error where the schema can't be compiled */
  compile(schema: JsonObject): ValidateFunction
}

/** A schema that holds by its draft, or why it does not. */
export type ReadSchema =
  | { readonly ok: true; readonly compile: () => ValidateFunction }
  | { readonly ok: false; readonly problem: string }

const LATEST = draft(Ajv2020)
const OLD = draft(Ajv)
const OLD_SCHEMA = /^https?:\/\/json-schema\.org\/draft-0[4-7]\//

/** Reads a schema by the draft that its `$schema` names; without one, by draft 2020-12 or else draft-07. */
export function readSchema(schema: JsonObject): ReadSchema {
  const { $schema, ...bare } = schema
  let problem: string | null = null
  for (const candidate of draftsOf($schema)) {
    const found = candidate.problemOf(bare)
    if (found === null) return { ok: true, compile: () => candidate.compile(bare) }
    problem ??= found
  }
  return { ok: false, problem: problem ?? 'it is of no known draft' }
}

function draftsOf($schema: JsonValue | undefined): readonly Draft[] {
  if (typeof $schema !== 'string') return [LATEST, OLD]
  return OLD_SCHEMA.test($schema) ? [OLD] : [LATEST]
}

const LENIENT = { strict: false, validateFormats: false, logger: false } as const

/** Only these keywords can be wrong in a way that the schema of schemas doesn't see. */
const NEEDS_COMPILING = /"\$(ref|dynamicRef|recursiveRef)"|"pattern(Properties)?"/

function draft(Compiler: typeof Ajv | typeof Ajv2020): Draft {
  /** Made when the first schema comes: it compiles the schema of schemas, which takes tens of milliseconds. */
  let meta: Ajv | undefined
  /** An Ajv of its own for each schema: an instance keeps whatever it compiled, and `$id`s would meet. */
  const compile = (schema: JsonObject) =>
    new Compiler({ ...LENIENT, meta: false, validateSchema: false }).compile(schema)
  return {
    compile,
    problemOf(schema) {
      meta ??= new Compiler(LENIENT)
      if (!meta.validateSchema(schema)) return describe(meta.errors?.[0])
      if (!NEEDS_COMPILING.test(JSON.stringify(schema))) return null
      try {
        compile(schema)
        return null
      } catch (error) {
        return error instanceof Error ? error.message : String(error)
      }
    },
  }
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) return 'it breaks the rules of its draft'
  return `${error.instancePath === '' ? 'it' : `at ${error.instancePath} it`} ${wordsOf(error)}`
}

/** What an error of Ajv says, with the values that it only hints at. */
export function wordsOf({ params, message, keyword }: ErrorObject): string {
  const allowed: unknown = params.allowedValues
  const values = Array.isArray(allowed) ? ` (${allowed.join(', ')})` : ''
  return `${message ?? keyword}${values}`
}
