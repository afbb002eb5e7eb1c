import { createHash } from 'node:crypto'
import type { CompletionInput } from '../../core/completion-input.ts'

/** Fields that hold a caller's own JSON, in which null is a value; everywhere else it means the same as absent. */
const JSON_FIELDS = new Set(['arguments', 'parameters', 'providerOptions', 'providerState', 'schema'])

/**
 * SHA-256, in hexadecimal, of an input in canonical form: keys sorted, null as absent, without its idempotency key.
 * Two inputs under one idempotency key are the same call where this is the same. Only for input that `checkInput` let
 * pass, whose nesting is bounded.
 */
export function inputHash(input: CompletionInput): string {
  const { idempotencyKey: _own, ...asked } = input
  return createHash('sha256').update(canonical(asked, dropNulls)).digest('hex')
}

type Keep = (value: unknown) => boolean
const dropNulls: Keep = (value) => value != null
const keepNulls: Keep = (value) => value !== undefined

function canonical(value: unknown, keep: Keep): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, keep)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const fields = Object.entries(value)
    .filter(([, item]) => keep(item))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, JSON_FIELDS.has(key) ? keepNulls : keep)}`)
  return `{${fields.join(',')}}`
}
