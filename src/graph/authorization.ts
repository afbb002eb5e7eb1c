import { GraphQLError } from 'graphql'
import { type Administrator, asAdministrator } from '../core/administrator.ts'
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

/**
 * Who administers, where its key has the scope `admin` (its own project) or `operator` (all of them).
 * @throws GraphQLError with code `UNAUTHENTICATED` or `FORBIDDEN`
 */
export function administratorOf(context: GraphContext): Administrator {
  const isOperator = callerOf(context).scopes.includes('operator')
  return asAdministrator(callerWith(context, isOperator ? 'operator' : 'admin'))
}

/**
 * Who administers the whole installation.
 * @throws GraphQLError with code `UNAUTHENTICATED` or `FORBIDDEN`
 */
export function operatorOf(context: GraphContext): Administrator {
  return asAdministrator(callerWith(context, 'operator'))
}

/** Something that the caller's key is not allowed. */
export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } })
}
