import type { OutputSpec } from '../../core/conversation.ts'
import type { FinishReason } from '../../core/driver.ts'
import type { JsonValue } from '../../core/json.ts'
import { ProviderError } from '../../core/provider-error.ts'
import { schemaErrors } from '../validate/schema-errors.ts'

/** The answer came whole but is not what was asked for: that says nothing of the provider's health. */
export class Nonconforming extends ProviderError {
  constructor(message: string) {
    super({ kind: 'MALFORMED', message })
  }
}

/**
 * The answer parsed, where JSON was asked for and the model gave an answer of that kind; else undefined.
 * @throws Nonconforming where the answer is no JSON or does not satisfy the schema
 */
export function conformed(text: string, reason: FinishReason, spec: OutputSpec): JsonValue | undefined {
  if (spec.type === 'text' || (reason !== 'STOP' && reason !== 'LENGTH')) return undefined
  const json = parsed(text, reason)
  const errors = spec.type === 'schema' ? schemaErrors(spec.schema, json) : []
  if (errors.length > 0) throw new Nonconforming(`The answer does not satisfy the schema: ${errors.join('; ')}`)
  return json
}

function parsed(text: string, reason: FinishReason): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    const why = reason === 'LENGTH' ? ' It was cut off by the limit on output tokens.' : ''
    throw new Nonconforming(`The answer is not JSON.${why}`)
  }
}
