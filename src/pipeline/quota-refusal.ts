import type { Caller } from '../core/caller.ts'
import { formatUsd } from '../core/money.ts'
import type { Quota, QuotaScope, QuotaUnit, QuotaWindow } from '../core/quota.ts'

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
 * A quota as the caller may see it. What is used of the installation's tells of other projects, and what is used of most
 * others tells a visitor with a browser token of other visitors: they are only told that the limit is reached.
 */
export function shownTo({ scopes, browserToken }: Caller, quota: Quota): Quota {
  const { type } = quota.scope
  const isShown =
    browserToken === null ? type !== 'installation' || scopes.includes('operator') : OF_A_VISITOR.has(type)
  return isShown ? quota : { ...quota, used: quota.limit, reserved: 0n, amounts: 'hidden' }
}

/** What only one visitor uses. */
const OF_A_VISITOR: ReadonlySet<QuotaScope['type']> = new Set(['endUser', 'eachEndUser', 'browserToken'])

/** Whether a call needs more than the whole limit, so that it is never let in. */
export function isBeyond({ limit }: Quota, needed: bigint | null): boolean {
  return needed !== null && needed > limit
}

/**
 * Which quota has no room, for whom, how full it is and when that changes.
 * @param needed the least that the call has to reserve of it; null where nobody knows
 */
export function refusalOf(quota: Quota, needed: bigint | null): string {
  const amount = (value: bigint) => (quota.unit === 'USD' ? formatUsd(value) : value.toString())
  const concurrent = quota.unit === 'CONCURRENT_CALLS'
  const window = concurrent ? '' : WINDOWS[quota.window]
  const state =
    quota.amounts === 'hidden'
      ? ''
      : `: ${amount(quota.used)} used, ${amount(quota.reserved)} reserved by calls under way`
  const limit = `${amount(quota.limit)} ${UNITS[quota.unit]}${window}`
  const isCounted = quota.unit === 'USD' || quota.unit === 'TOKENS'
  const needs = isCounted && needed !== null ? `, which needs at least ${amount(needed)}` : ''
  const room = `The quota of ${limit} for ${whom(quota)} has no room for this call${needs}${state}.`
  return isBeyond(quota, needed) ? `${room} ${advice(quota)}` : `${room}${reset(quota)}`
}

function reset({ resetsAt }: Quota): string {
  return resetsAt === null ? '' : ` It resets at ${new Date(resetsAt).toISOString()}.`
}

/** What helps where waiting does not. */
function advice({ limit, unit }: Quota): string {
  if (limit === 0n) return 'It lets no calls in.'
  const shorter = unit === 'USD' ? 'ask a cheaper model or for a shorter answer' : 'ask for a shorter answer'
  return `Waiting does not help: ${shorter} (maxOutputTokens), or have the limit raised.`
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
