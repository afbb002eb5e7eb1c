import { DRIVER_NAMES } from '../core/driver.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { CompletionRequest } from '../core/request.ts'
import type { ProviderSettings } from '../core/settings.ts'

/** Options for a provider or driver that nobody knows would be dropped without a word: an issue each. */
export function unknownOptionIssues(
  options: CompletionRequest['providerOptions'],
  providers: readonly ProviderSettings[],
): readonly InputIssue[] {
  const known = new Set<string>([...providers.map((provider) => provider.name), ...DRIVER_NAMES])
  return Object.keys(options)
    .filter((name) => !known.has(name))
    .map((name) => ({
      path: ['providerOptions', name],
      message: `No provider or driver is called ${name}; known: ${[...known].join(', ')}.`,
    }))
}
