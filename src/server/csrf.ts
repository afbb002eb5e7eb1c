import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention'
import { createGraphQLError, type Plugin } from 'graphql-yoga'

/**
 * A browser asks the server first (a CORS preflight) before a page of another origin may send any of these, so a
 * request that has one was either allowed or does not come from a foreign page.
 */
const PREFLIGHTED_HEADERS = [
  'authorization',
  'x-graphql-yoga-csrf',
  'graphql-require-preflight',
  'apollo-require-preflight',
  'x-requested-with',
]

/**
 * Refuses what a foreign page could make a browser send unasked: posts of forms or text, and subscriptions by GET,
 * which run completions. Queries by GET are let through: they change nothing (GraphQL over HTTP keeps mutations out of
 * GET), and the page can't read the answer.
 *
 * Credentials are no way in either: a key travels only in `Authorization: Bearer`, which no browser adds by itself.
 * This closes the rest, such as a proxy that adds the header for whoever is on its network.
 */
export function preventCsrf(): Plugin {
  const prevention: Plugin = useCSRFPrevention({ requestHeaders: PREFLIGHTED_HEADERS })
  return {
    onRequestParse(payload) {
      if (payload.request.method !== 'POST') return
      try {
        return prevention.onRequestParse?.(payload)
      } catch {
        throw refusal('Send the request as JSON, with the header "Content-Type: application/json".')
      }
    },
    onSubscribe({ args }) {
      const { method, headers } = args.contextValue.request
      if (method !== 'GET' || PREFLIGHTED_HEADERS.some((name) => headers.has(name))) return
      throw refusal('Send the subscription by POST, or with an Authorization header.')
    },
  }
}

function refusal(advice: string) {
  return createGraphQLError(`A page of another origin could have sent this. ${advice}`, {
    extensions: { code: 'CSRF_PREVENTED', http: { status: 403 } },
  })
}
