import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

const PACKAGE = '@pydantic/genai-prices'

/**
 * The price list's name and version, as a price pins them: `@pydantic/genai-prices@1.2.3`. Read from the installed
 * package, so that an update can't leave a stale version behind.
 */
export function priceListVersion(): string {
  const path = findPackageJSON(PACKAGE, import.meta.url)
  if (path === undefined) throw new Error(`${PACKAGE} is not installed`)
  const { version }: { version?: string } = JSON.parse(readFileSync(path, 'utf8'))
  return `${PACKAGE}@${version ?? 'unknown'}`
}
