import type { Conversation } from './conversation.ts'
import type { JsonObject } from './json.ts'
import type { Picodollars } from './money.ts'
import type { MidStreamPolicy } from './settings.ts'
import type { Tag } from './tag.ts'
import type { Task } from './task.ts'

export type CacheMode = 'DEFAULT' | 'BYPASS' | 'REFRESH'

/** A caller's overrides of the route, for one call; null leaves the route's own. */
export interface RoutingOverrides {
  readonly fallbacks: readonly string[]
  readonly maxCost: Picodollars | null
  readonly firstTokenTimeoutMs: number | null
  readonly idleTimeoutMs: number | null
  readonly totalTimeoutMs: number | null
  readonly midStream: MidStreamPolicy | null
}

/** A checked request for one answer. */
export interface CompletionRequest {
  readonly task: Task
  /** A route's name, or one model as `provider/model`. */
  readonly model: string
  /** All that the model reads; where the task is an embedding, its texts as one user message without an answer. */
  readonly conversation: Conversation
  readonly routing: RoutingOverrides
  readonly cache: CacheMode
  readonly tags: readonly Tag[]
  readonly endUser: string | null
  readonly idempotencyKey: string | null
  /** By a provider's configured name, else by its driver's name. */
  readonly providerOptions: Readonly<Record<string, JsonObject>>
}
