import { estimateInputTokens } from '../catalog/estimate-tokens.ts'
import type { CallError } from '../core/call-error.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { CompletionRequest } from '../core/request.ts'
import type { ModelRef } from '../core/routing.ts'
import { resolveTarget } from '../routing/resolve-target.ts'
import { invalidRequest, noCandidate, notAuthorized } from './call-errors.ts'
import type { Plannable } from './call-kinds.ts'
import type { EngineParts } from './engine-parts.ts'
import { notPermitted, type Permissions } from './permission.ts'
import { unknownOptionIssues } from './unknown-options.ts'

export type PlannableParts = Pick<EngineParts, 'settings' | 'drivers' | 'routes'>

export type Plannability =
  | { readonly type: 'plannable'; readonly plannable: Plannable }
  | { readonly type: 'refused'; readonly error: CallError }

/** Checks that a request asks for something that exists, that its key is allowed, and that at least one model can express. */
export function plannable(parts: PlannableParts, request: CompletionRequest, permissions: Permissions): Plannability {
  const unknownOptions = unknownOptionIssues(request.providerOptions, parts.settings.providers)
  if (unknownOptions.length > 0) return { type: 'refused', error: invalidRequest(unknownOptions) }
  const inForce = parts.routes.current()
  const known = { ...parts.settings, routes: inForce.routes }
  const target = resolveTarget(request.model, request.routing.fallbacks, known)
  if (target.type === 'unknown') return { type: 'refused', error: noCandidate(target.message) }
  const forbidden = notPermitted(request, target, permissions)
  if (forbidden !== null) return { type: 'refused', error: notAuthorized(forbidden) }
  const unsupported = target.models.map((ref) => inexpressible(parts, ref, request))
  const common = issuesOfAll(unsupported)
  if (common.length > 0) return { type: 'refused', error: invalidRequest(common) }
  const inputTokens = estimateInputTokens(request.conversation)
  const versions = inForce.versionsOf(request.model)
  return { type: 'plannable', plannable: { request, target, inputTokens, versions, unsupported } }
}

function inexpressible({ drivers }: PlannableParts, ref: ModelRef, request: CompletionRequest): readonly InputIssue[] {
  const driver = drivers.get(ref.provider)
  if (!driver) return []
  const { task, conversation } = request
  if (task.type === 'completion') return driver.unsupported({ model: ref.model, conversation })
  return driver.embeddings?.unsupported({ model: ref.model, ...task }) ?? [noEmbeddings(ref)]
}

function noEmbeddings({ provider }: ModelRef): InputIssue {
  return {
    path: ['model'],
    message: `The API of the provider "${provider}" has no embeddings; ask for another's model.`,
  }
}

/** Where no model can express the request, what stands in the way; else nothing. */
function issuesOfAll(unsupported: readonly (readonly InputIssue[])[]): readonly InputIssue[] {
  if (unsupported.length === 0 || unsupported.some((issues) => issues.length === 0)) return []
  const byPath = new Map(unsupported.flat().map((issue) => [issue.path.join('.'), issue]))
  return [...byPath.values()]
}
