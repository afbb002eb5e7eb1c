import { ProviderError } from '../core/provider-error.ts'

/** Nobody took the connection in time: undici's own bound, or the system's. */
const CONNECT_TIMEOUTS: ReadonlySet<string | null> = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'])

/**
 * What a request that got no response becomes: refused, reset, not resolved, TLS failed, closed too early.
 * @throws the signal's reason where the request was aborted
 */
export function asNetworkError(error: unknown, signal: AbortSignal): ProviderError {
  signal.throwIfAborted()
  const known = providerErrorIn(error)
  if (known !== null) return known
  const code = codeOf(error)
  return new ProviderError({
    kind: 'NETWORK',
    message: `The provider could not be reached${code === null ? '' : ` (${code})`}.`,
    hopeless: CONNECT_TIMEOUTS.has(code),
    cause: error,
  })
}

/** The ProviderError that an SDK has wrapped into an error of its own; null where there is none. */
function providerErrorIn(error: unknown): ProviderError | null {
  return inCauses(error, (cause) => (cause instanceof ProviderError ? cause : null))
}

/** The first system or undici error code (`ECONNREFUSED`, `UND_ERR_SOCKET`) down the chain of causes. */
export function codeOf(error: unknown): string | null {
  return inCauses(error, (cause) => ('code' in cause && typeof cause.code === 'string' ? cause.code : null))
}

/** The first thing found in an error or down the chain of its causes. */
function inCauses<Found>(error: unknown, find: (cause: object) => Found | null): Found | null {
  let current = error
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth++) {
    const found = find(current)
    if (found !== null) return found
    current = 'cause' in current ? current.cause : null
  }
  return null
}
