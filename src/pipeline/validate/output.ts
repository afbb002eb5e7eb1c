import type { CompletionInput } from '../../core/completion-input.ts'
import type { OutputSpec } from '../../core/conversation.ts'
import { checkJsonSchema } from './check-json-schema.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues } from './issues.ts'
import { checkName } from './name.ts'

const TEXT: OutputSpec = { type: 'text' }

export function checkOutput(input: CompletionInput, limits: InputLimits, issues: Issues): OutputSpec {
  if (input.output == null) return TEXT
  const { format, schema } = input.output
  if (schema != null) {
    checkName(schema.name, ['output', 'schema', 'name'], issues)
    const checked = checkJsonSchema(schema.schema, limits, ['output', 'schema', 'schema'], issues)
    return checked === null ? TEXT : { type: 'schema', name: schema.name, schema: checked }
  }
  if (format == null) issues.add(['output'], 'Give `format` or `schema`; or leave it out for text.')
  return format === 'JSON' ? { type: 'json' } : TEXT
}
