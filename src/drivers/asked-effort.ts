import type { Reasoning, ReasoningEffort } from '../core/conversation.ts'

/** What a model that thinks by itself is taken to do where nobody says how hard: most providers' default. */
export const UNASKED_EFFORT: ReasoningEffort = 'MEDIUM'

const BY_EFFORT: readonly ReasoningEffort[] = ['NONE', 'LOW', 'MEDIUM', 'HIGH']

/** Up to so many tokens, a limit is worth this effort: what the efforts are worth where a provider takes budgets. */
const LOW_TOKENS = 2_048
const MEDIUM_TOKENS = 8_192

/** How hard a request asks a model to think, a limit in tokens included; null where it does not say. */
export function askedEffort(reasoning: Reasoning | null): ReasoningEffort | null {
  if (reasoning === null) return null
  const { effort, maxTokens } = reasoning
  const limited = maxTokens === null ? null : worth(maxTokens)
  if (effort === null || limited === null) return effort ?? limited
  return BY_EFFORT.indexOf(effort) < BY_EFFORT.indexOf(limited) ? effort : limited
}

function worth(tokens: number): ReasoningEffort {
  if (tokens <= LOW_TOKENS) return 'LOW'
  return tokens <= MEDIUM_TOKENS ? 'MEDIUM' : 'HIGH'
}
