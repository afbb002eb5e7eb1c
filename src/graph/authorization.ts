import { GraphQLError } from 'graphql'
import type { Caller, Scope } from '../core/caller.ts'
import type { GraphContext } from './context.ts'

/**
 * Who asks.
 * @throws GraphQLError with code `UNAUTHENTICATED` where the request has no valid API key
 */
export function callerOf(context: GraphContext): Caller {
  if (context.caller) return context.caller
  throw new GraphQLError(
    'This needs a valid API key: send the header "Authorization: Bearer sy_…" with a key that is not revoked.',
    { extensions: { code: 'UNAUTHENTICATED' } },
  )
}

/**
 * Who asks, where its key has the scope.
 * @throws GraphQLError with code `UNAUTHENTICATED` or `FORBIDDEN`
 */
export function callerWith(context: GraphContext, scope: Scope): Caller {
  const caller = callerOf(context)
  if (caller.scopes.includes(scope)) return caller
  throw new GraphQLError(
    `This needs an API key with the scope "${scope}"; this key has ${caller.scopes.map((held) => `"${held}"`).join(', ') || 'none'}.`,
    { extensions: { code: 'FORBIDDEN', scope } },
  )
}
