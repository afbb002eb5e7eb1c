import type { DriverEvent } from '../../core/driver.ts'
import type { AttemptCall } from '../call-kinds.ts'
import { merged } from '../merge.ts'

/** Asks the provider: the innermost handler. */
export function invoke({ driver, request, signal }: AttemptCall): AsyncIterable<DriverEvent> {
  return merged(driver.stream(request, signal), signal)
}
