import type { JsonValue } from '../core/json.ts'
import { ProviderError } from '../core/provider-error.ts'

/**
 * The arguments of a tool call from the text that a provider sent. `null` or nothing is `{}`.
 * @throws ProviderError MALFORMED where the text isn't JSON
 */
export function parseToolArguments(text: string | null): JsonValue {
  if (text === null || text.trim() === '') return {}
  try {
    const value: JsonValue = JSON.parse(text)
    return value ?? {}
  } catch (cause) {
    throw new ProviderError({
      kind: 'MALFORMED',
      message: 'The provider sent tool arguments that are not JSON.',
      cause,
    })
  }
}
