import { GraphQLError } from 'graphql'
import type { LedgerCall } from '../core/call.ts'
import { callerOf } from './authorization.ts'
import type { GraphContext } from './context.ts'

/** The calls of answers, by their ids and in their order; an error in place of one that is not there. */
export function loadCalls(ids: readonly string[], context: GraphContext): Promise<(LedgerCall | GraphQLError)[]> {
  const { projectId } = callerOf(context)
  return Promise.all(ids.map(async (id) => (await context.ledger.call(projectId, id)) ?? lostCall(id)))
}

/** An answer is handed out only after its call is committed, so this is a retention that came in between. */
function lostCall(id: string): GraphQLError {
  return new GraphQLError(`The ledger no longer has the call ${id}.`, { extensions: { code: 'NOT_FOUND' } })
}
