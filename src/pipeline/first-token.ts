import type { Driver } from '../core/driver.ts'
import type { CompletionRequest } from '../core/request.ts'
import { type ModelRef, modelId } from '../core/routing.ts'
import type { RouteDefaults } from '../core/settings.ts'
import { standardFirstTokenMs } from '../resilience/first-token-timeout.ts'
import type { ProviderAsk } from './call-kinds.ts'
import type { EngineParts } from './engine-parts.ts'

/** How long the first token of one request is waited for where no rule says, in milliseconds. */
export function firstTokenMsOf(ask: ProviderAsk): number {
  return ask.type === 'embedding'
    ? standardFirstTokenMs('EMBEDDING')
    : standardFirstTokenMs(ask.driver.thinking(ask.request))
}

/**
 * How long the first token will be waited for if this model is asked, in milliseconds; null where nothing but the call's
 * deadline bounds it, since its answer comes in one piece.
 */
export function plannedFirstTokenMs(
  { drivers, settings }: Pick<EngineParts, 'drivers' | 'settings'>,
  ref: ModelRef,
  { task, conversation }: Pick<CompletionRequest, 'task' | 'conversation'>,
  { timeouts, upstream }: RouteDefaults,
): number | null {
  if (task.type === 'embedding') return timeouts.firstTokenMs ?? standardFirstTokenMs('EMBEDDING')
  const declared = settings.models.find((model) => model.id === modelId(ref))
  if (upstream === 'unary' || declared?.upstream === 'unary') return null
  const driver: Driver | undefined = drivers.get(ref.provider)
  if (driver === undefined) return timeouts.firstTokenMs
  return timeouts.firstTokenMs ?? standardFirstTokenMs(driver.thinking({ model: ref.model, conversation }))
}
