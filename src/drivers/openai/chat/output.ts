import type { OutputSpec } from '../../../core/conversation.ts'
import type { JsonObject } from '../../../core/json.ts'
import { isStrictSchema } from '../strict-schema.ts'
import type { ChatDialect } from './dialect.ts'

/** How the answer's form is asked for. */
export function outputFields(output: OutputSpec, dialect: ChatDialect): JsonObject {
  if (output.type === 'text') return {}
  if (output.type === 'json' || dialect.jsonSchema === 'instruction')
    return { response_format: { type: 'json_object' } }
  const { name, schema } = output
  return { response_format: { type: 'json_schema', json_schema: { name, schema, strict: isStrictSchema(schema) } } }
}

/** What is said to the model where the service takes no JSON Schema; null where nothing needs to be said. */
export function schemaInstruction(output: OutputSpec, dialect: ChatDialect): string | null {
  if (output.type !== 'schema' || dialect.jsonSchema === 'native') return null
  return `Answer with nothing but a JSON value that is valid under this JSON Schema:\n${JSON.stringify(output.schema)}`
}
