import type { JsonValue } from '../core/json.ts'

/** What providers call the tier that their list prices are for. */
const USUAL = new Set(['', 'auto', 'default', 'standard', 'on_demand', 'provisioned'])

/** The tier that a provider says served a request, in lower case; null for its usual one and where it says nothing. */
export function serviceTierOf(said: JsonValue | undefined): string | null {
  if (typeof said !== 'string') return null
  const tier = said.toLowerCase()
  return USUAL.has(tier) ? null : tier
}
