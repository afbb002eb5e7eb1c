import type { Erased, ErasureSubject } from '../core/payload.ts'
import { administratorOf } from './authorization.ts'
import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'
import { COMMENT, commentArgument } from './comment.ts'
import type { GraphContext } from './context.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'
import { isUuid } from './uuid.ts'

const ErasePayloadsInput = builder.inputType('ErasePayloadsInput', {
  description: 'Whose words are to be forgotten.',
  isOneOf: true,
  fields: (t) => ({
    callId: t.id({ description: 'Those of this call.' }),
    endUser: t.string({ description: 'Those of all calls that were made for this end user.' }),
    before: t.field({ type: 'DateTime', description: 'Those of all calls that came in before this time.' }),
  }),
})

const ErasedPayloadsRef = builder.objectRef<Erased>('ErasedPayloads').implement({
  description: 'How much was erased. Nothing, where it had been erased before.',
  fields: (t) => ({
    payloads: t.expose('payloads', { type: 'SafeInt', description: 'Calls whose request or response was kept.' }),
    answers: t.expose('answers', {
      type: 'SafeInt',
      description: 'Answers that were kept for a repeat under an idempotency key.',
    }),
    comments: t.expose('comments', { type: 'SafeInt', description: 'Comments of ratings, whose scores stay.' }),
  }),
})

const ErasePayloadsResultRef = builder.unionType('ErasePayloadsResult', {
  description: 'What was erased, or that there is no such call or project.',
  types: [ErasedPayloadsRef, NotFoundErrorRef],
  resolveType: (result) => ('payloads' in result ? 'ErasedPayloads' : 'NotFoundError'),
})

builder.mutationFields((t) => ({
  erasePayloads: t.field({
    type: ErasePayloadsResultRef,
    description:
      "Erases what calls said, as far as it was kept: requests, responses, answers kept for idempotency keys, comments of ratings. What is still under way or to be written is not kept either. The calls themselves stay in the ledger, with usage, cost, tags and end user. Is written down in the audit log, without the end user's name. Needs the scope `admin`, or `operator` for another project.",
    args: {
      input: t.arg({ type: ErasePayloadsInput, required: true, description: 'Whose words.' }),
      project: t.arg.id({ description: "The id of the project; the caller's own where absent." }),
      comment: t.arg.string({ description: COMMENT }),
    },
    resolve: async (_root, { input, project, comment }, context): Promise<Erased | NotFound> => {
      const { apiKeyId } = administratorOf(context)
      const projectId = projectOf(context, project ?? null)
      const why = commentArgument(comment)
      const subject = subjectOf(input)
      if (projectId === null || subject === null) return NOTHING_THERE
      const request = { projectId, subject, apiKeyId, comment: why }
      return (await context.payloads.erase(request)) ?? NOTHING_THERE
    },
  }),
}))

const NOTHING_THERE: NotFound = { message: 'There is no such call, or no such project.' }

/** Null where it is no project of the caller's to touch. */
function projectOf(context: GraphContext, asked: string | null): string | null {
  const { projectId, ownProjectId } = administratorOf(context)
  const id = asked?.toLowerCase() ?? ownProjectId
  if (id === null || !isUuid(id)) return null
  return projectId === null || projectId === id ? id : null
}

interface Given {
  readonly callId?: string | null | undefined
  readonly endUser?: string | null | undefined
  readonly before?: number | null | undefined
}

/** Null where it is no call's id. */
function subjectOf({ callId, endUser, before }: Given): ErasureSubject | null {
  if (callId != null) return isUuid(callId) ? { type: 'call', callId: callId.toLowerCase() } : null
  if (endUser != null) return { type: 'endUser', endUser }
  if (before == null) throw badArgument('input', 'say whose words are meant.')
  return { type: 'before', at: before }
}
