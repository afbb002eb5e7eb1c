import type { LedgerCall } from '../core/call.ts'
import type { Caller } from '../core/caller.ts'
import type { GraphContext } from './context.ts'

/** A call that is for the caller's eyes: of its project, and of its one end user where it has a browser token. */
export async function callOf(
  { ledger }: Pick<GraphContext, 'ledger'>,
  { projectId, browserToken }: Caller,
  id: string,
): Promise<LedgerCall | null> {
  const call = await ledger.call(projectId, id)
  return browserToken === null || call?.endUser === browserToken.endUser ? call : null
}
