import type { CORSOptions } from 'graphql-yoga'

type CorsOptions = Exclude<CORSOptions, (...args: never[]) => unknown>

const ONE_DAY_S = 86_400

/**
 * What browsers may do for pages of other origins: nothing by default. A page whose origin is allowed sends its key
 * itself, so credentials that a browser adds by itself are never allowed.
 * @param origins as configured; `*` allows all
 */
export function corsFor(origins: readonly string[]): false | ((request: Request) => CorsOptions) {
  if (origins.length === 0) return false
  return (request) => {
    const origin = request.headers.get('origin')
    if (origin === null || !(origins.includes('*') || origins.includes(origin))) return false
    return {
      origin: [origin],
      methods: ['GET', 'POST', 'OPTIONS'],
      exposedHeaders: ['x-request-id'],
      credentials: false,
      maxAge: ONE_DAY_S,
    }
  }
}
