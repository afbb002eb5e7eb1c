/** What a key may do: ask models, read its project's ledger, administer. */
export const SCOPES = ['complete', 'read', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Who asks, as its API key says. */
export interface Caller {
  readonly projectId: string
  readonly projectName: string
  readonly apiKeyId: string
  readonly scopes: readonly Scope[]
}
