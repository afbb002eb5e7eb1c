import { Agent, request, fetch as undiciFetch } from 'undici'
import type { Fetch } from '../core/driver.ts'
import { leanResponse } from './lean-response.ts'

/** Two lost packets are made good within three seconds; a server that is further away than this is not there. */
const CONNECT_MS = 5_000
const KEEP_ALIVE_MS = 30_000

/** A fetch for requests to providers, with connections of its own. */
export interface ProviderFetch {
  readonly fetch: Fetch
  /** Closes idle connections, and others as soon as they are idle. */
  close(): Promise<void>
}

/** `request` unpacks nothing, and a server may compress for whoever does not say (RFC 9110, 12.5.3). */
const UNCOMPRESSED = { 'accept-encoding': 'identity' }

type FetchInput = Parameters<typeof undiciFetch>[0]
type FetchInit = Parameters<typeof undiciFetch>[1]

/**
 * Fetch without the limits that Node's own sets on slow answers (five minutes for headers and between two reads): the
 * pipeline has deadlines of its own. The number of connections has no limit either, since a stream holds one for as
 * long as it lasts and a limit would queue others behind it without a word.
 *
 * What the SDKs send, a text to an address, goes out by undici's `request`, at about half the cost of a full fetch; it
 * follows no redirect, since none may carry a key elsewhere. Anything else goes out by the full fetch.
 */
export function providerFetch(): ProviderFetch {
  const agent = new Agent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
  })

  async function fetch(input: FetchInput, init: FetchInit = {}): Promise<unknown> {
    const { method = 'GET', body, headers, signal } = init
    const isPlain = (typeof input === 'string' || input instanceof URL) && (body == null || typeof body === 'string')
    if (!isPlain) return undiciFetch(input, { ...init, dispatcher: agent, redirect: 'manual' })
    const answer = await request(input, {
      method: method.toUpperCase() as 'GET',
      headers: { ...UNCOMPRESSED, ...Object.fromEntries(new Headers(headers as HeadersInit)) },
      body: body ?? null,
      signal: signal ?? null,
      dispatcher: agent,
    })
    return leanResponse(input.toString(), answer)
  }

  // The package's types differ from the ones of Node's own copy of it in name only.
  return { fetch: fetch as unknown as Fetch, close: () => agent.close() }
}
