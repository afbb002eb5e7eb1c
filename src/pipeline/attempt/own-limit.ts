import type { ProviderError } from '../../core/provider-error.ts'

/** A limit on output, in tokens, that is set here and not by the caller: no more is paid for. */
export interface OwnLimit {
  readonly tokens: number
  readonly by: 'MAX_COST' | 'QUOTA'
}

/** The stricter of what `maxCostUsd` and what a quota pay for. */
export function stricter(byCost: number | null, byQuota: number | null): OwnLimit | null {
  if (byQuota !== null && (byCost === null || byQuota < byCost)) return { tokens: byQuota, by: 'QUOTA' }
  return byCost === null ? null : { tokens: byCost, by: 'MAX_COST' }
}

/** As the providers call it in their bodies and errors, and what they say where it is larger than the model's own. */
const ITS_NAMES = /max_?(completion_?|output_?|new_?)?tokens/i
const TOO_LARGE = /too (large|high|big)|at most|maximum|less than|<=|exceed|supported range/i

/** Whether the provider turned a request down for a limit on output that is larger than the model's own. */
export function isLimitTooLarge({ kind, httpStatus, issues, message }: ProviderError): boolean {
  if (kind !== 'INVALID_REQUEST' || httpStatus === null) return false
  const isOfLimit = issues.some(({ path }) => path[0] === 'maxOutputTokens') || ITS_NAMES.test(message)
  return isOfLimit && TOO_LARGE.test(message)
}
