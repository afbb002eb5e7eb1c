import { Agent, fetch as undiciFetch } from 'undici'
import type { Fetch } from '../core/driver.ts'

const CONNECT_MS = 10_000
const KEEP_ALIVE_MS = 30_000

/** A fetch for requests to providers, with connections of its own. */
export interface ProviderFetch {
  readonly fetch: Fetch
  /** Closes idle connections, and others as soon as they are idle. */
  close(): Promise<void>
}

/**
 * Fetch without the limits that Node's own sets on slow answers (five minutes for headers and between two reads): the
 * pipeline has deadlines of its own. The number of connections has no limit either, since a stream holds one for as
 * long as it lasts and a limit would queue others behind it without a word.
 */
export function providerFetch(): ProviderFetch {
  const agent = new Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
  })
  // The package's types differ from the ones of Node's own copy of it in name only.
  const fetch = ((input: Parameters<typeof undiciFetch>[0], init?: Parameters<typeof undiciFetch>[1]) =>
    undiciFetch(input, { ...init, dispatcher: agent })) as unknown as Fetch
  return { fetch, close: () => agent.close() }
}
