import type { QuotaScope } from '../core/quota.ts'

/** The columns that a scope is read from: a type, the key of a tag, and what else names it. */
export interface ScopeColumns {
  readonly scope_type: QuotaScope['type']
  readonly scope_key: string
  readonly scope_value: string
}

const SCOPES = {
  project: () => ({ type: 'project' }),
  apiKey: (row) => ({ type: 'apiKey', apiKeyId: row.scope_value }),
  endUser: (row) => ({ type: 'endUser', endUser: row.scope_value }),
  eachEndUser: () => ({ type: 'eachEndUser' }),
  tag: (row) => ({ type: 'tag', key: row.scope_key, value: row.scope_value }),
  route: (row) => ({ type: 'route', route: row.scope_value }),
  browserToken: (row) => ({ type: 'browserToken', tokenId: row.scope_value }),
  installation: () => ({ type: 'installation' }),
} as const satisfies Record<QuotaScope['type'], (row: ScopeColumns) => QuotaScope>

export function storedScope(row: ScopeColumns): QuotaScope {
  return SCOPES[row.scope_type](row)
}
