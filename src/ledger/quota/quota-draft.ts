import type { InputIssue } from '../../core/input-issue.ts'
import { parseUsd } from '../../core/money.ts'
import { type QuotaScope, type QuotaUnit, USUAL_THRESHOLDS } from '../../core/quota.ts'
import type { QuotaDraft } from '../../core/quota-admin.ts'
import { parseModelId } from '../../core/routing.ts'

const LONGEST_NAME = 255
/** More than anybody spends, and less than what a column of the ledger holds. */
const LARGEST_LIMIT = 9_000_000_000_000_000_000n

export interface ReadDraft {
  readonly limit: bigint
  readonly thresholds: readonly number[]
  readonly issues: readonly InputIssue[]
}

/** What a draft says, and all that is wrong with it. */
export function readDraft(draft: QuotaDraft, isRoute: (name: string) => boolean): ReadDraft {
  const limit = readLimit(draft.limit, draft.unit)
  const thresholds = [...new Set(draft.thresholds ?? USUAL_THRESHOLDS)].sort((a, b) => a - b)
  return {
    limit: typeof limit === 'bigint' ? limit : 0n,
    thresholds,
    issues: [
      ...scopeIssues(draft.scope, isRoute),
      ...(typeof limit === 'bigint' ? [] : [{ path: ['limit'], message: limit }]),
      ...thresholdIssues(draft.thresholds ?? []),
    ],
  }
}

/** The limit in its unit, or what is wrong with it. */
function readLimit(text: string, unit: QuotaUnit): bigint | string {
  if (text.startsWith('-')) return 'A limit can not be below zero.'
  const amount = unit === 'USD' ? dollars(text) : /^\d+$/.test(text) ? BigInt(text) : null
  if (amount === null) return unit === 'USD' ? 'Write dollars with at most 12 decimals.' : 'Write a whole number.'
  return amount <= LARGEST_LIMIT ? amount : 'This is more than can be counted: write at most 9000000 dollars.'
}

function dollars(text: string): bigint | null {
  try {
    return parseUsd(text)
  } catch {
    return null
  }
}

function thresholdIssues(thresholds: readonly number[]): readonly InputIssue[] {
  return thresholds.flatMap((percent, at) =>
    Number.isInteger(percent) && percent >= 1 && percent <= 100
      ? []
      : [{ path: ['thresholds', String(at)], message: 'Write a whole number of percent from 1 to 100.' }],
  )
}

function scopeIssues(scope: QuotaScope, isRoute: (name: string) => boolean): readonly InputIssue[] {
  switch (scope.type) {
    case 'endUser':
      return nameIssues(['scope', 'endUser'], scope.endUser)
    case 'tag':
      return [...nameIssues(['scope', 'tag', 'key'], scope.key), ...nameIssues(['scope', 'tag', 'value'], scope.value)]
    case 'route':
      return routeIssues(scope.route, isRoute)
    default:
      return []
  }
}

function routeIssues(route: string, isRoute: (name: string) => boolean): readonly InputIssue[] {
  if (isRoute(route) || parseModelId(route) !== null) return []
  const message = `There is no route "${route}", and a model is written as provider/model.`
  return [{ path: ['scope', 'route'], message }]
}

function nameIssues(path: readonly string[], name: string): readonly InputIssue[] {
  if (name !== '' && name.length <= LONGEST_NAME) return []
  return [{ path: [...path], message: `Write from 1 to ${LONGEST_NAME} characters.` }]
}
