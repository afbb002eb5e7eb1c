import type { LedgerCall } from '../core/ledger.ts'
import { builder } from './builder.ts'
import { CallRef } from './call.ts'
import { encodeCursor } from './call-cursor.ts'

/** A page of calls, and what is known of its neighbours. */
export interface CallConnection {
  readonly calls: readonly LedgerCall[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

const CallEdgeRef = builder.objectRef<LedgerCall>('CallEdge').implement({
  description: 'A call in its place in a list.',
  fields: (t) => ({
    cursor: t.string({ description: 'Its place: a page `after` it begins with the next one.', resolve: encodeCursor }),
    node: t.field({ type: CallRef, description: 'The call.', resolve: (call) => call }),
  }),
})

const PageInfoRef = builder.objectRef<CallConnection>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether more follow.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Whether some came before.' }),
    startCursor: t.string({
      nullable: true,
      description: 'The place of the first; null on an empty page.',
      resolve: ({ calls }) => cursorOf(calls.at(0)),
    }),
    endCursor: t.string({
      nullable: true,
      description: 'The place of the last: what to give as `after` for the next page. Null on an empty page.',
      resolve: ({ calls }) => cursorOf(calls.at(-1)),
    }),
  }),
})

export const CallConnectionRef = builder.objectRef<CallConnection>('CallConnection').implement({
  description: 'A page of calls, newest first.',
  fields: (t) => ({
    edges: t.field({ type: [CallEdgeRef], description: 'The calls, in order.', resolve: ({ calls }) => calls }),
    pageInfo: t.field({ type: PageInfoRef, description: 'Where the page stands.', resolve: (page) => page }),
  }),
})

function cursorOf(call: LedgerCall | undefined): string | null {
  return call ? encodeCursor(call) : null
}
