import type { LedgerCall } from '../core/call.ts'
import { callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import { CallRef } from './call.ts'
import { callOf } from './call-of.ts'
import { CompleteResultRef, completeResult } from './complete-result.ts'
import { CompletionInput } from './completion-input.ts'
import { EmbedInput } from './embed-input.ts'
import { EmbedResultRef, embedResult } from './embed-result.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'
import { isUuid } from './uuid.ts'

const CancelCallResultRef = builder.unionType('CancelCallResult', {
  description: 'The call after it was stopped, or that there is none.',
  types: [CallRef, NotFoundErrorRef],
  resolveType: (result) => ('status' in result ? 'Call' : 'NotFoundError'),
})

builder.mutationType({
  description:
    'What can be done. All of it needs an API key: with the scope `complete`, or `admin` for what changes the installation.',
  fields: (t) => ({
    complete: t.field({
      type: CompleteResultRef,
      description: 'Runs one completion to its end.',
      args: { input: t.arg({ type: CompletionInput, required: true, description: 'What is asked, and how.' }) },
      resolve: async (_root, { input }, { gateway, caller, signal }) =>
        completeResult(await gateway.complete({ input, caller }, signal)),
    }),
    embed: t.field({
      type: EmbedResultRef,
      description: 'Turns texts into vectors.',
      args: { input: t.arg({ type: EmbedInput, required: true, description: 'The texts, and how.' }) },
      resolve: async (_root, { input }, { gateway, caller, signal }) =>
        embedResult(await gateway.embed({ input, caller }, signal)),
    }),
    cancelCall: t.field({
      type: CancelCallResultRef,
      description:
        'Stops a call that is under way on this replica; what it used so far is settled. The status of the returned call says whether it has ended.',
      args: { id: t.arg.id({ required: true, description: 'As `callId` gave it.' }) },
      resolve: async (_root, { id }, context): Promise<LedgerCall | NotFound> => {
        const caller = callerWith(context, 'complete')
        const notFound = { message: `This project has no call ${id}.` }
        if (!isUuid(id)) return notFound
        await context.gateway.cancel(caller, id)
        return (await callOf(context, caller, id)) ?? notFound
      },
    }),
  }),
})
