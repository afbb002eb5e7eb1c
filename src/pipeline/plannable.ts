import { estimateInputTokens } from '../catalog/estimate-tokens.ts'
import type { CallError } from '../core/call-error.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { CompletionRequest } from '../core/request.ts'
import type { ModelRef } from '../core/routing.ts'
import { resolveTarget } from '../routing/resolve-target.ts'
import { invalidRequest, noCandidate } from './call-errors.ts'
import type { EngineParts } from './engine.ts'
import type { Plannable } from './plan-call.ts'
import { unknownOptionIssues } from './unknown-options.ts'

export type PlannableParts = Pick<EngineParts, 'settings' | 'drivers'>

export type Plannability =
  | { readonly type: 'plannable'; readonly plannable: Plannable }
  | { readonly type: 'refused'; readonly error: CallError }

/** Checks that a request asks for something that exists and that at least one model can express. */
export function plannable(parts: PlannableParts, request: CompletionRequest): Plannability {
  const unknownOptions = unknownOptionIssues(request.providerOptions, parts.settings.providers)
  if (unknownOptions.length > 0) return { type: 'refused', error: invalidRequest(unknownOptions) }
  const target = resolveTarget(request.model, request.routing.fallbacks, parts.settings)
  if (target.type === 'unknown') return { type: 'refused', error: noCandidate(target.message) }
  const unsupported = target.models.map((ref) => inexpressible(parts, ref, request))
  const common = issuesOfAll(unsupported)
  if (common.length > 0) return { type: 'refused', error: invalidRequest(common) }
  const inputTokens = estimateInputTokens(request.conversation)
  return { type: 'plannable', plannable: { request, target, inputTokens, unsupported } }
}

function inexpressible({ drivers }: PlannableParts, ref: ModelRef, request: CompletionRequest): readonly InputIssue[] {
  return drivers.get(ref.provider)?.unsupported({ model: ref.model, conversation: request.conversation }) ?? []
}

/** Where no model can express the request, what stands in the way; else nothing. */
function issuesOfAll(unsupported: readonly (readonly InputIssue[])[]): readonly InputIssue[] {
  if (unsupported.length === 0 || unsupported.some((issues) => issues.length === 0)) return []
  const byPath = new Map(unsupported.flat().map((issue) => [issue.path.join('.'), issue]))
  return [...byPath.values()]
}
