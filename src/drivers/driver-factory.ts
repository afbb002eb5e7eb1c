import type { Clock } from '../core/clock.ts'
import type { Driver, Fetch } from '../core/driver.ts'
import type { ProviderSettings } from '../core/settings.ts'

/** What every driver gets from outside. */
export interface DriverDeps {
  /** What the SDKs send requests with. */
  readonly fetch: Fetch
  readonly clock: Clock
}

/** Makes the driver of one configured provider. Sends nothing and opens nothing. */
export type DriverFactory = (provider: ProviderSettings, deps: DriverDeps) => Driver
