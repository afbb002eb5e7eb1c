import Anthropic from '@anthropic-ai/sdk'
import type { Fetch } from '../../core/driver.ts'
import { clientCache } from '../client-cache.ts'

const BASE_URL = 'https://api.anthropic.com'

/** The longest that a timer can run: the SDK's own timeout is out of the way, the caller's signal ends requests. */
const NO_TIMEOUT_MS = 2 ** 31 - 1

/** Stands where the SDK insists on a key; the header that it would be sent in is left out. */
const NO_KEY = 'none'

/**
 * The SDK's clients of one provider, one per key. All that the SDK would take from the environment, a profile or the
 * console is given here instead; keys are sent as the SDK does, as a bearer token.
 */
export function anthropicClients(baseUrl: string | null, fetch: Fetch): (secret: string | null) => Anthropic {
  return clientCache(
    (secret) =>
      new Anthropic({
        apiKey: secret ?? NO_KEY,
        authToken: null,
        webhookKey: null,
        baseURL: baseUrl ?? BASE_URL,
        fetch,
        maxRetries: 0,
        timeout: NO_TIMEOUT_MS,
        logLevel: 'off',
        openTelemetry: false,
        defaultHeaders: secret === null ? { authorization: null } : {},
      }),
  )
}
