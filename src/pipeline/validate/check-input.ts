import type { CompletionInput } from '../../core/completion-input.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import type { CompletionRequest } from '../../core/request.ts'
import { DEFAULT_INPUT_LIMITS, type InputLimits } from './input-limits.ts'
import { collectIssues, type Issues } from './issues.ts'
import { checkLabel } from './label.ts'
import { checkMessages } from './messages.ts'
import { checkRouteOrModel } from './model-name.ts'
import { checkOutput } from './output.ts'
import { checkProviderOptions } from './provider-options.ts'
import { checkRouting } from './routing.ts'
import { checkReasoning, checkSampling } from './sampling.ts'
import { checkTags } from './tags.ts'
import { checkTextSize } from './text-size.ts'
import { checkToolResults } from './tool-results.ts'
import { checkToolChoice, checkTools } from './tools.ts'

export type CheckedInput =
  | { readonly ok: true; readonly request: CompletionRequest }
  | { readonly ok: false; readonly issues: readonly InputIssue[] }

/** Characters of `endUser` and `idempotencyKey`. */
const MOST_ID_CHARACTERS = 255

/**
 * Checks what a caller asks, all of it at once, before anything is spent. What passes can be sent as far as can be
 * known without the catalogue and the drivers.
 */
export function checkInput(input: CompletionInput, limits: InputLimits = DEFAULT_INPUT_LIMITS): CheckedInput {
  const issues = collectIssues()
  const request = toRequest(input, limits, issues)
  checkToolResults(input, issues)
  checkTextSize(request.conversation.messages, limits, [input.messages == null ? 'prompt' : 'messages'], issues)
  const found = issues.list()
  return found.length === 0 ? { ok: true, request } : { ok: false, issues: found }
}

/** The request that the input means; not to be used where an issue was found. */
function toRequest(input: CompletionInput, limits: InputLimits, issues: Issues): CompletionRequest {
  checkRouteOrModel(input.model, limits, ['model'], issues)
  return {
    task: { type: 'completion' },
    model: input.model,
    conversation: {
      messages: checkMessages(input, limits, issues),
      tools: checkTools(input, limits, issues),
      toolChoice: checkToolChoice(input, issues),
      output: checkOutput(input, limits, issues),
      sampling: checkSampling(input, limits, issues),
      reasoning: checkReasoning(input, issues),
    },
    routing: checkRouting(input, limits, issues),
    cache: checkCache(input, issues),
    tags: checkTags(input, limits, issues),
    endUser: checkId(input, 'endUser', issues),
    idempotencyKey: checkId(input, 'idempotencyKey', issues),
    providerOptions: checkProviderOptions(input, limits, issues),
  }
}

function checkId(input: CompletionInput, field: 'endUser' | 'idempotencyKey', issues: Issues): string | null {
  const id = input[field] ?? null
  if (id !== null) checkLabel(id, MOST_ID_CHARACTERS, [field], issues)
  return id
}

function checkCache(input: CompletionInput, issues: Issues): CompletionRequest['cache'] {
  if (input.cache === 'REFRESH') {
    issues.add(
      ['cache'],
      'Response caching is not available yet, so there is nothing to refresh: use DEFAULT or BYPASS.',
    )
  }
  return input.cache ?? 'DEFAULT'
}
