import type { OpenedCall } from '../core/ledger.ts'
import type { QuotaScope, QuotaUnit, QuotaWindow } from '../core/quota.ts'

/** A quota as it was set, without what is used of it. */
export interface QuotaDefinition {
  readonly id: string
  readonly scope: QuotaScope
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  readonly limit: bigint
}

/** The columns that a definition is read from. */
export interface QuotaColumns {
  readonly id: string
  readonly scope_type: QuotaScope['type']
  readonly scope_key: string
  readonly scope_value: string
  readonly unit: QuotaUnit
  readonly window_name: QuotaWindow
  readonly limit_amount: string
}

const SCOPES = {
  project: () => ({ type: 'project' }),
  apiKey: (row) => ({ type: 'apiKey', apiKeyId: row.scope_value }),
  endUser: (row) => ({ type: 'endUser', endUser: row.scope_value }),
  tag: (row) => ({ type: 'tag', key: row.scope_key, value: row.scope_value }),
} as const satisfies Record<QuotaScope['type'], (row: QuotaColumns) => QuotaScope>

export function definitionOf(row: QuotaColumns): QuotaDefinition {
  const { id, unit, window_name: window } = row
  return { id, unit, window, scope: SCOPES[row.scope_type](row), limit: BigInt(row.limit_amount) }
}

/** How a scope is stored: the key of a tag, and what else names it. */
export function scopeColumns(scope: QuotaScope): { readonly key: string; readonly value: string } {
  switch (scope.type) {
    case 'project':
      return { key: '', value: '' }
    case 'apiKey':
      return { key: '', value: scope.apiKeyId }
    case 'endUser':
      return { key: '', value: scope.endUser }
    case 'tag':
      return { key: scope.key, value: scope.value }
  }
}

/** Whether a quota of a call's project limits the call. */
export function limits(scope: QuotaScope, call: OpenedCall): boolean {
  switch (scope.type) {
    case 'project':
      return true
    case 'apiKey':
      return scope.apiKeyId === call.apiKeyId
    case 'endUser':
      return scope.endUser === call.endUser
    case 'tag':
      return call.tags.some((tag) => tag.key === scope.key && tag.value === scope.value)
  }
}
