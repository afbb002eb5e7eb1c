import { formatUsd } from '../core/money.ts'
import type { Quota, QuotaScope } from '../core/quota.ts'

/** How the command line writes a unit or a window: `concurrent-calls`. */
export function wordOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

/** A quota as JSON, its amounts as decimal numbers. */
export function quotaJson({ id, scope, subject, unit, window, resetsAt, thresholds, ...amounts }: Quota) {
  const amount = (value: bigint) => (unit === 'USD' ? formatUsd(value) : value.toString())
  return {
    id,
    scope,
    endUser: subject,
    unit,
    window,
    limit: amount(amounts.limit),
    used: amount(amounts.used),
    reserved: amount(amounts.reserved),
    resetsAt: resetsAt === null ? null : new Date(resetsAt).toISOString(),
    thresholds,
  }
}

export const QUOTA_HEADINGS = ['ID', 'SCOPE', 'UNIT', 'WINDOW', 'LIMIT', 'USED', 'RESERVED', 'RESETS']

export function quotaRow(quota: Quota): readonly string[] {
  const { id, endUser, unit, limit, used, reserved, resetsAt } = quotaJson(quota)
  const whom = endUser === null ? scopeText(quota.scope) : `${scopeText(quota.scope)}: ${endUser}`
  return [id, whom, wordOf(unit), windowText(quota), limit, used, reserved, resetsAt ?? '']
}

/** A quota in a sentence. */
export function quotaText(quota: Quota): string {
  const { id, unit, limit } = quotaJson(quota)
  return `${id}: ${limit} ${wordOf(unit)} (${windowText(quota)}), ${scopeText(quota.scope)}`
}

/** Calls at once have no window. */
function windowText({ unit, window }: Quota): string {
  return unit === 'CONCURRENT_CALLS' ? 'at once' : wordOf(window)
}

function scopeText(scope: QuotaScope): string {
  switch (scope.type) {
    case 'project':
      return 'project'
    case 'apiKey':
      return `key ${scope.apiKeyId}`
    case 'endUser':
      return `end user ${scope.endUser}`
    case 'eachEndUser':
      return 'each end user'
    case 'tag':
      return `tag ${scope.key}=${scope.value}`
    case 'route':
      return `route ${scope.route}`
    case 'browserToken':
      return `browser token ${scope.tokenId}`
    case 'installation':
      return 'installation'
  }
}
