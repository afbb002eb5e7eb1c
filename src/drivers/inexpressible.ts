import type { InputIssue } from '../core/input-issue.ts'
import { ProviderError } from '../core/provider-error.ts'

/**
 * Refuses a request of which something can't be said. The pipeline asks `unsupported` first; what it lets through is not
 * sent in part all the same.
 * @throws ProviderError INVALID_REQUEST where there is an issue
 */
export function refuseInexpressible(issues: readonly InputIssue[]): void {
  if (issues.length === 0) return
  const message = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(' ')
  throw new ProviderError({ kind: 'INVALID_REQUEST', message, issues })
}
