import type { ModelInfo } from '../core/catalog.ts'
import type { Requirements } from '../core/settings.ts'

/** What of a route's requirements a model does not meet, or is not known to meet; null where it meets all. */
export function unmet(requires: Requirements, { region, dataPolicy }: ModelInfo): string | null {
  return (
    missing('region', region, requires.regions) ?? missing('data policy', dataPolicy, requires.dataPolicies) ?? null
  )
}

function missing(what: string, actual: string | null, allowed: readonly string[]): string | null {
  if (allowed.length === 0 || (actual !== null && allowed.includes(actual))) return null
  return `its ${what} is ${actual ?? 'not known'}, not ${allowed.join(' or ')}`
}
