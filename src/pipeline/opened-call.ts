import type { OpenedCall } from '../core/call.ts'
import type { Caller } from '../core/caller.ts'
import type { CompletionRequest } from '../core/request.ts'

interface CallIdentity {
  readonly id: string
  readonly receivedAt: number
  readonly request: CompletionRequest
}

/** A call as the ledger first hears of it. */
export function openedCall(call: CallIdentity, caller: Caller, leaseUntil: number): OpenedCall {
  return {
    id: call.id,
    projectId: caller.projectId,
    apiKeyId: caller.apiKeyId,
    createdAt: call.receivedAt,
    requestedModel: call.request.model,
    endUser: call.request.endUser,
    tags: call.request.tags,
    browserTokenId: caller.browserToken?.id ?? null,
    leaseUntil,
  }
}
