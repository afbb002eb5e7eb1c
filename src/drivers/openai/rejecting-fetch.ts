import type { Clock } from '../../core/clock.ts'
import type { Fetch } from '../../core/driver.ts'
import { classifyError, parseBody } from './classify-error.ts'

/**
 * A fetch that throws a classified ProviderError for every status that is no success. The SDK keeps only OpenAI's shape
 * of an error's body, and the services that speak its API have others.
 * @param secrets what must not be in any message
 */
export function rejectingFetch(fetch: Fetch, clock: Clock, secrets: readonly string[]): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    if (response.ok) return response
    const body = parseBody(await response.text())
    throw classifyError({ status: response.status, headers: response.headers, body, now: clock.now(), secrets })
  }
}
