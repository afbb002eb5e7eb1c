import type { CompletionInput } from '../../core/completion-input.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues } from './issues.ts'
import { checkJsonObject } from './json-value.ts'

/** What each provider's options must look like is known to that provider alone; here they are objects by its name. */
export function checkProviderOptions(
  input: CompletionInput,
  limits: InputLimits,
  issues: Issues,
): Readonly<Record<string, JsonObject>> {
  if (input.providerOptions == null) return {}
  const byProvider = checkJsonObject(input.providerOptions, limits.jsonDepth, ['providerOptions'], issues)
  const options: [string, JsonObject][] = []
  for (const [provider, value] of Object.entries(byProvider ?? {})) {
    if (isJsonObject(value)) options.push([provider, value])
    else {
      const example = '{ "openai": { "service_tier": "flex" } }'
      issues.add(
        ['providerOptions', provider],
        `Must be an object of options by the provider's name, such as ${example}.`,
      )
    }
  }
  return Object.fromEntries(options)
}
