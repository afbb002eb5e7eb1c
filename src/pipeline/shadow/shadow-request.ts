import type { Picodollars } from '../../core/money.ts'
import type { CompletionRequest } from '../../core/request.ts'
import { modelId, type PlannedShadow } from '../../core/routing.ts'
import { SHADOW_OF, SHADOW_ROUTE } from '../../core/shadow-tags.ts'

/**
 * A copy of a request for another model: the same conversation, end user and tags, no fallbacks, no cache, and no more
 * than its own budget. Its key lets the ledger keep its answer.
 */
export function shadowRequest(
  request: CompletionRequest,
  callId: string,
  shadow: PlannedShadow,
  maxCost: Picodollars,
): CompletionRequest {
  const model = modelId(shadow)
  return {
    ...request,
    model,
    routing: { ...request.routing, fallbacks: [], maxCost },
    cache: 'BYPASS',
    tags: [...request.tags, { key: SHADOW_OF, value: callId }, { key: SHADOW_ROUTE, value: shadow.route }],
    idempotencyKey: `${SHADOW_OF}:${callId}:${model}`,
  }
}
