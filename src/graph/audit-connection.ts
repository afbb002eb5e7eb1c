import type { AuditEntry } from '../core/audit.ts'
import { AuditEntryRef } from './audit-entry.ts'
import { administratorOf } from './authorization.ts'
import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'
import { PageInfoRef } from './page-info.ts'
import { isUuid } from './uuid.ts'

const LARGEST_PAGE = 200

interface AuditConnection {
  readonly entries: readonly AuditEntry[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

const AuditEdgeRef = builder.objectRef<AuditEntry>('AuditEdge').implement({
  description: 'An entry in its place in a list.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Its place: a page `after` it begins with the next one.',
      resolve: ({ id }) => id,
    }),
    node: t.field({ type: AuditEntryRef, description: 'The entry.', resolve: (entry) => entry }),
  }),
})

const AuditConnectionRef = builder.objectRef<AuditConnection>('AuditConnection').implement({
  description: 'A page of what administrators did, newest first.',
  fields: (t) => ({
    edges: t.field({ type: [AuditEdgeRef], description: 'The entries, in order.', resolve: ({ entries }) => entries }),
    pageInfo: t.field({
      type: PageInfoRef,
      description: 'Where the page stands.',
      resolve: ({ entries, hasNextPage, hasPreviousPage }) => ({
        hasNextPage,
        hasPreviousPage,
        startCursor: entries.at(0)?.id ?? null,
        endCursor: entries.at(-1)?.id ?? null,
      }),
    }),
  }),
})

builder.queryFields((t) => ({
  auditLog: t.field({
    type: AuditConnectionRef,
    description:
      "What administrators did to the caller's project, and to routes and quotas of the whole installation, newest first; with the scope `operator`, all that they did. Entries never change. Needs the scope `admin` or `operator`.",
    args: {
      subject: t.arg.string({ description: 'What it was done to: `route/chat`. All where absent.' }),
      first: t.arg.int({ defaultValue: 25, description: `How many, from 1 to ${LARGEST_PAGE}.` }),
      after: t.arg.string({ description: 'The `endCursor` of the page before.' }),
    },
    resolve: async (_root, { subject, first, after }, context) => {
      const { projectId } = administratorOf(context)
      const count = first ?? 25
      if (count < 1 || count > LARGEST_PAGE) throw badArgument('first', `${count} is not from 1 to ${LARGEST_PAGE}.`)
      if (after != null && !isUuid(after)) {
        throw badArgument('after', 'this is no cursor: take `endCursor` of a page as it came.')
      }
      const query = { projectId, subject: subject ?? null, first: count, after: after ?? null }
      return { ...(await context.audit.page(query)), hasPreviousPage: after != null }
    },
  }),
}))
