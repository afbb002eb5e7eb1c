import { type CORSOptions, createGraphQLError } from 'graphql-yoga'
import type { KeyDirectory } from '../core/access.ts'
import type { Caller } from '../core/caller.ts'

type CorsOptions = Exclude<CORSOptions, (...args: never[]) => unknown>

const ONE_DAY_S = 86_400

/**
 * What browsers may do for pages of other origins: nothing by default. A page whose origin is allowed sends its key
 * itself, so credentials that a browser adds by itself are never allowed. A preflight comes without the key, so an origin
 * that any key names is let through here; whether it fits the key of the request itself, `refuseForeignOrigin` tells.
 * @param origins as configured; `*` allows all
 */
export function corsFor(
  origins: readonly string[],
  { browserOrigins }: Pick<KeyDirectory, 'browserOrigins'>,
): (request: Request) => Promise<CorsOptions> {
  return async (request) => {
    const origin = request.headers.get('origin')
    if (origin === null) return false
    const isAllowed = origins.includes('*') || origins.includes(origin) || (await browserOrigins()).has(origin)
    if (!isAllowed) return false
    return {
      origin: [origin],
      methods: ['GET', 'POST', 'OPTIONS'],
      exposedHeaders: ['x-request-id'],
      credentials: false,
      maxAge: ONE_DAY_S,
    }
  }
}

/**
 * Turns a page away whose origin its key does not name. A request without an origin comes from no page, but from a server
 * or a tool, which could write any origin that it likes: it is let through.
 * @throws GraphQLError with code `ORIGIN_NOT_ALLOWED`
 */
export function refuseForeignOrigin(caller: Caller | null, origin: string | null): void {
  const allowed = caller?.allowedOrigins ?? null
  if (allowed === null || origin === null || allowed.includes(origin)) return
  throw createGraphQLError(`This API key may not be sent by pages of the origin "${origin}".`, {
    extensions: { code: 'ORIGIN_NOT_ALLOWED', http: { status: 403 } },
  })
}
