import type { LedgerCall } from '../core/call.ts'
import { builder } from './builder.ts'
import { CallRef } from './call.ts'
import { encodeCursor } from './call-cursor.ts'
import { PageInfoRef } from './page-info.ts'

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

export const CallConnectionRef = builder.objectRef<CallConnection>('CallConnection').implement({
  description: 'A page of calls, newest first.',
  fields: (t) => ({
    edges: t.field({ type: [CallEdgeRef], description: 'The calls, in order.', resolve: ({ calls }) => calls }),
    pageInfo: t.field({
      type: PageInfoRef,
      description: 'Where the page stands.',
      resolve: ({ calls, hasNextPage, hasPreviousPage }) => ({
        hasNextPage,
        hasPreviousPage,
        startCursor: cursorOf(calls.at(0)),
        endCursor: cursorOf(calls.at(-1)),
      }),
    }),
  }),
})

function cursorOf(call: LedgerCall | undefined): string | null {
  return call ? encodeCursor(call) : null
}
