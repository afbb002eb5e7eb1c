import type { DriverName } from '../../src/core/driver.ts'
import type { ProviderSettings } from '../../src/core/settings.ts'

/** A provider as configuration would have it, at a base URL of a test. */
export function providerAt(driver: DriverName, baseUrl: string): ProviderSettings {
  return { name: driver, driver, api: 'chat', baseUrl, keys: [], pricedAs: null, simulated: false, probeEveryMs: null }
}
