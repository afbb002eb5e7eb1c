import type { Environment } from '../config/environment.ts'
import type { Clock } from '../core/clock.ts'

/** What a command takes from the world around it. */
export interface Shell {
  /** @throws ConfigurationError where a variable is wrong */
  environment(): Environment
  readonly clock: Clock
  /** Writes what was asked for. */
  print(text: string): void
  /** Ends with a failure, once the command is through. */
  fail(): void
}
