import type { OpenedCall } from '../../core/call.ts'
import type { QuotaScope, QuotaUnit, QuotaWindow } from '../../core/quota.ts'
import { storedScope } from '../../database/stored-scope.ts'

/** A quota as it was set, without what is used of it. */
export interface QuotaDefinition {
  readonly id: string
  readonly scope: QuotaScope
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  readonly limit: bigint
  readonly thresholds: readonly number[]
}

/** What `definitionOf` reads, of the table `quota`. */
export const QUOTA_COLUMNS =
  'quota.id, quota.scope_type, quota.scope_key, quota.scope_value, quota.unit, quota.window_name, quota.limit_amount, quota.thresholds::text as thresholds'

/** The columns that a definition is read from. */
export interface QuotaColumns {
  readonly id: string
  readonly scope_type: QuotaScope['type']
  readonly scope_key: string
  readonly scope_value: string
  readonly unit: QuotaUnit
  readonly window_name: QuotaWindow
  readonly limit_amount: string
  readonly thresholds: string
}

export function definitionOf(row: QuotaColumns): QuotaDefinition {
  const { id, unit, window_name: window } = row
  const thresholds: number[] = JSON.parse(row.thresholds)
  return { id, unit, window, scope: storedScope(row), limit: BigInt(row.limit_amount), thresholds }
}

/** How a scope is stored: the key of a tag, and what else names it. */
export function scopeColumns(scope: QuotaScope): { readonly key: string; readonly value: string } {
  switch (scope.type) {
    case 'project':
    case 'eachEndUser':
    case 'installation':
      return { key: '', value: '' }
    case 'apiKey':
      return { key: '', value: scope.apiKeyId }
    case 'endUser':
      return { key: '', value: scope.endUser }
    case 'tag':
      return { key: scope.key, value: scope.value }
    case 'route':
      return { key: '', value: scope.route }
    case 'browserToken':
      return { key: '', value: scope.tokenId }
  }
}

/** Names a scope in a map. */
export function scopeName(scope: QuotaScope): string {
  const { key, value } = scopeColumns(scope)
  return JSON.stringify([scope.type, key, value])
}

/** The scopes that a call is in, but for its browser token's. */
export function scopesOf(call: OpenedCall): readonly QuotaScope[] {
  const { endUser } = call
  const ofUser: readonly QuotaScope[] = endUser === null ? [] : [{ type: 'endUser', endUser }, { type: 'eachEndUser' }]
  return [
    { type: 'installation' },
    { type: 'project' },
    { type: 'apiKey', apiKeyId: call.apiKeyId },
    { type: 'route', route: call.requestedModel },
    ...ofUser,
    ...call.tags.map(({ key, value }): QuotaScope => ({ type: 'tag', key, value })),
  ]
}

/** Which of a quota's windows a call falls into, where each end user has one. */
export function subjectOf(scope: QuotaScope, call: OpenedCall): string {
  return scope.type === 'eachEndUser' ? (call.endUser ?? '') : ''
}
