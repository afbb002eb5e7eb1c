import type { Caller } from '../core/caller.ts'
import { formatUsd } from '../core/money.ts'
import type { Quota, QuotaUnit, QuotaWindow } from '../core/quota.ts'

const UNITS = {
  USD: 'US dollars',
  TOKENS: 'tokens',
  REQUESTS: 'calls',
  CONCURRENT_CALLS: 'calls at once',
} as const satisfies Record<QuotaUnit, string>

const WINDOWS = {
  MINUTE: ' a minute',
  HOUR: ' an hour',
  DAY: ' a day',
  MONTH: ' a month',
  TOTAL: ' in all',
} as const satisfies Record<QuotaWindow, string>

/**
 * A quota as the caller may see it. What is used of the installation's tells of other projects, so whoever does not
 * operate it is only told that the limit is reached.
 */
export function shownTo({ scopes }: Caller, quota: Quota): Quota {
  if (quota.scope.type !== 'installation' || scopes.includes('operator')) return quota
  return { ...quota, used: quota.limit, reserved: 0n, amounts: 'hidden' }
}

/** Which quota has no room, for whom and how much, how full it is and when that changes. */
export function refusalOf(quota: Quota, needed: bigint): string {
  const amount = (value: bigint) => (quota.unit === 'USD' ? formatUsd(value) : value.toString())
  const concurrent = quota.unit === 'CONCURRENT_CALLS'
  const window = concurrent ? '' : WINDOWS[quota.window]
  const state =
    quota.amounts === 'hidden'
      ? ''
      : `: ${amount(quota.used)} used, ${amount(quota.reserved)} reserved by calls under way`
  const needs = needed > 1n ? `, which needs at least ${amount(needed)}` : ''
  const never = needs !== '' && needed > quota.limit ? ' It never will: send less, or set a lower maxOutputTokens.' : ''
  const resets = quota.resetsAt === null ? '' : ` It resets at ${new Date(quota.resetsAt).toISOString()}.`
  const limit = `${amount(quota.limit)} ${UNITS[quota.unit]}${window}`
  return `The quota of ${limit} for ${whom(quota)} has no room for this call${needs}${state}.${never || resets}`
}

function whom({ scope, subject }: Quota): string {
  switch (scope.type) {
    case 'project':
      return 'this project'
    case 'apiKey':
      return 'this API key'
    case 'endUser':
      return `the end user "${scope.endUser}"`
    case 'eachEndUser':
      return `each end user, here "${subject}",`
    case 'tag':
      return `the tag ${scope.key}=${scope.value}`
    case 'route':
      return `"${scope.route}"`
    case 'browserToken':
      return 'this browser token'
    case 'installation':
      return 'the whole installation'
  }
}
