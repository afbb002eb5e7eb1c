import { GraphQLError } from 'graphql'
import type { LedgerCall } from '../core/call.ts'
import type { KeptContent, PayloadPart } from '../core/payload.ts'
import { callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import { CallRef } from './call.ts'
import type { GraphContext } from './context.ts'

/** What is common to both: a page of calls is one query for each of the two. */
function contentOf(part: PayloadPart) {
  return {
    nullable: true as const,
    load: async (ids: string[], context: GraphContext): Promise<unknown[]> => {
      const { projectId } = callerWith(context, 'read')
      const contents = await context.payloads.read(projectId, ids, part)
      return ids.map((id) => shown(contents.get(id)))
    },
    resolve: ({ id }: LedgerCall, _args: object, context: GraphContext) => {
      callerWith(context, 'read')
      return id
    },
  }
}

function shown(kept: KeptContent | undefined): unknown {
  if (kept === undefined) return null
  if (kept.type === 'content') return kept.content
  return new GraphQLError(
    'The requests and responses of this page are too large to be read at once: ask for fewer calls.',
    { extensions: { code: 'TOO_LARGE', bytes: kept.bytes } },
  )
}

builder.objectFields(CallRef, (t) => ({
  request: t.loadable({
    type: 'JSON',
    description:
      'What was asked, as far as the project keeps it. Under FULL: `input` as `complete` or `embed` took it, without end user, tags and idempotency key. Under METADATA: its shape without a word of content. `cut` lists texts that were too long to be kept whole. Null where nothing was kept, or it was erased. Needs the scope `read`.',
    ...contentOf('request'),
  }),
  response: t.loadable({
    type: 'JSON',
    description:
      'What was answered, as far as the project keeps it. Under FULL: the fields of Completion that hold the answer; of an embedding, only how many vectors. Under METADATA: its shape without a word of content. `complete` is false where the call ended without an answer: then it is what was sent until then. Null where nothing was answered or kept, or it was erased. Needs the scope `read`.',
    ...contentOf('response'),
  }),
}))
