import type { Driver, DriverName } from '../core/driver.ts'
import type { ProviderSettings } from '../core/settings.ts'
import { anthropicDriver } from './anthropic/driver.ts'
import type { DriverDeps, DriverFactory } from './driver-factory.ts'
import { googleDriver } from './google/driver.ts'
import { openAiDriver } from './openai/driver.ts'
import { openAiCompatibleDriver } from './openai-compatible/driver.ts'

const FACTORIES = {
  openai: openAiDriver,
  'openai-compatible': openAiCompatibleDriver,
  anthropic: anthropicDriver,
  google: googleDriver,
} satisfies Record<DriverName, DriverFactory>

/** The driver that a provider's configuration names. */
export function createDriver(provider: ProviderSettings, deps: DriverDeps): Driver {
  return FACTORIES[provider.driver](provider, deps)
}
