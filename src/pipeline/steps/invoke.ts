import type { DriverEvent } from '../../core/driver.ts'
import type { AttemptCall } from '../call-kinds.ts'
import { merged } from '../merge.ts'

/** Asks the provider: the innermost handler. */
export function invoke({ ask, signal }: AttemptCall): AsyncIterable<DriverEvent> {
  const events =
    ask.type === 'completion' ? ask.driver.stream(ask.request, signal) : ask.driver.embed(ask.request, signal)
  return merged(events, signal)
}
