import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'
import { CompletionEventRef } from './completion-event.ts'
import { CompletionInput } from './completion-input.ts'
import { leaveOnAbort } from './leave-on-abort.ts'

builder.subscriptionType({
  description: 'What can be followed as it happens, over server-sent events.',
  fields: (t) => ({
    completionStream: t.field({
      type: CompletionEventRef,
      description:
        'Runs one completion and streams what it produces. Ends after CompletionFinished or CompletionFailed.',
      args: { input: t.arg({ type: CompletionInput, required: true, description: 'What is asked, and how.' }) },
      subscribe: (_root, { input }, { gateway, caller, signal }) =>
        leaveOnAbort(gateway.stream({ input, caller }), signal),
      resolve: (event) => event,
    }),
    callEvents: t.field({
      type: CompletionEventRef,
      description:
        'Joins a call that is under way or ended less than five minutes ago: replays what came after `after`, then goes on live. Later, only its final event. An unknown id gets a single CompletionFailed with InvalidRequestError.',
      args: {
        callId: t.arg.id({ required: true, description: 'As every event has it.' }),
        after: t.arg.int({ defaultValue: 0, description: 'The number of the last event that was seen.' }),
      },
      subscribe: (_root, { callId, after }, { gateway, caller, signal }) =>
        leaveOnAbort(gateway.join(caller, callId, eventNumber(after ?? 0)), signal),
      resolve: (event) => event,
    }),
  }),
})

function eventNumber(after: number): number {
  if (after >= 0) return after
  throw badArgument('after', `${after} is no number of an event: give 0 for all of them.`)
}
