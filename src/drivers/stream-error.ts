import { ProviderError } from '../core/provider-error.ts'
import { codeOf } from './network-error.ts'

/**
 * What an error while reading the body of a successful response becomes: a cut connection is TRUNCATED, text that isn't
 * JSON is MALFORMED.
 * @throws the signal's reason where the request was aborted
 */
export function asStreamError(error: unknown, signal: AbortSignal): ProviderError {
  signal.throwIfAborted()
  if (error instanceof ProviderError) return error
  if (error instanceof SyntaxError) return malformed('The provider sent a chunk that is not JSON.', error)
  const code = codeOf(error)
  return truncated(`The provider's answer broke off${code === null ? '' : ` (${code})`}.`, error)
}

/** For what has status 200 and is no answer: HTML, nothing, text that isn't JSON. */
export function malformed(message: string, cause?: unknown): ProviderError {
  return new ProviderError({ kind: 'MALFORMED', message, httpStatus: 200, cause })
}

/** For an answer that ended without its provider's end mark. */
export function truncated(message: string, cause?: unknown): ProviderError {
  return new ProviderError({ kind: 'TRUNCATED', message, httpStatus: 200, cause })
}
