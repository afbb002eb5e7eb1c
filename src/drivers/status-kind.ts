import type { ProviderErrorKind } from '../core/provider-error.ts'

const KINDS: Readonly<Record<number, ProviderErrorKind>> = {
  401: 'AUTHENTICATION',
  402: 'BILLING',
  403: 'AUTHENTICATION',
  404: 'NOT_FOUND',
  408: 'SERVER_ERROR',
  409: 'SERVER_ERROR',
  410: 'NOT_FOUND',
  413: 'CONTEXT_LENGTH',
  429: 'RATE_LIMITED',
  503: 'OVERLOADED',
  529: 'OVERLOADED',
}

/** What an HTTP status means where neither code nor message says more. */
export function kindOfStatus(status: number): ProviderErrorKind {
  return KINDS[status] ?? (status >= 400 && status < 500 ? 'INVALID_REQUEST' : 'SERVER_ERROR')
}
