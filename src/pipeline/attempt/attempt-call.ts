import { modelId } from '../../core/routing.ts'
import type { AttemptCall, RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import { providerAsk } from './provider-ask.ts'
import type { Repair } from './repair.ts'
import type { Seat } from './seat.ts'

/** One request to the provider in whose seat it is made. */
export function attemptCall(
  { settings, drivers }: Pick<EngineParts, 'settings' | 'drivers'>,
  call: RoutedCall,
  seat: Seat,
  repair: Repair | null,
): AttemptCall {
  const { ref, grant, ownLimit, continuation } = seat
  const provider = settings.providers.find((each) => each.name === ref.provider)
  const driver = drivers.get(ref.provider)
  if (!provider || !driver) throw new Error(`A plan names the provider ${ref.provider}, which is not configured`)
  const declared = settings.models.find((model) => model.id === modelId(ref))
  const upstream = declared?.upstream === 'unary' ? 'unary' : call.rules.upstream
  return {
    ref,
    ask: providerAsk({ call, ref, driver, provider, key: grant.key, upstream, ownLimit, repair, continuation }),
    timeouts: call.rules.timeouts,
    lengthLimit:
      ownLimit?.by ?? (call.request.conversation.sampling.maxOutputTokens === null ? 'MODEL' : 'MAX_OUTPUT_TOKENS'),
    signal: call.signal,
  }
}
