import type { CompletionEvent, NumberedEvent } from '../core/events.ts'
import { AttemptRef } from './attempt.ts'
import { builder } from './builder.ts'
import { CallErrorRef, failureOf } from './call-error.ts'
import { CompletionRef } from './completion.ts'
import { EmbeddingRef } from './embedding.ts'
import { RoutePlanRef } from './route-plan.ts'

type EventType = CompletionEvent['type']

/** An event of one type in its place within its call. */
type EventOf<Type extends EventType> = Omit<NumberedEvent, 'event'> & {
  readonly event: Extract<CompletionEvent, { type: Type }>
}

const TYPE_NAMES = {
  started: 'CompletionStarted',
  attemptStarted: 'AttemptStarted',
  text: 'TextDelta',
  reasoning: 'ReasoningDelta',
  toolCall: 'ToolCallDelta',
  attemptFailed: 'AttemptFailed',
  finished: 'CompletionFinished',
  embedded: 'EmbeddingFinished',
  failed: 'CompletionFailed',
} as const satisfies Record<EventType, string>

export const CompletionEventRef = builder.interfaceRef<NumberedEvent>('CompletionEvent').implement({
  description:
    'Numbered from 1 without gaps within a call. `callId` is given to every request at the door; one that is turned away gets a single CompletionFailed.',
  fields: (t) => ({
    callId: t.exposeID('callId', { description: 'The call that it belongs to.' }),
    seq: t.exposeInt('seq', { description: 'Its number; hand the last one seen to `callEvents` as `after`.' }),
  }),
  resolveType: ({ event }) => TYPE_NAMES[event.type],
})

const interfaces = [CompletionEventRef]

eventRef('started').implement({
  description: 'The call was let in and knows where it goes.',
  interfaces,
  fields: (t) => ({
    plan: t.field({
      type: RoutePlanRef,
      description: 'Who was considered, in which order, and why.',
      resolve: ({ event }) => event.plan,
    }),
  }),
})

eventRef('attemptStarted').implement({
  description: 'A provider is asked.',
  interfaces,
  fields: (t) => ({
    number: t.int({ description: 'Counts from 1 within its call.', resolve: ({ event }) => event.number }),
    provider: t.string({ description: 'Which provider is asked.', resolve: ({ event }) => event.provider }),
    model: t.string({ description: 'Which model is asked.', resolve: ({ event }) => event.model }),
  }),
})

eventRef('text').implement({
  description: 'More of the answer.',
  interfaces,
  fields: (t) => ({
    text: t.string({ description: 'To be put behind what came before.', resolve: ({ event }) => event.text }),
  }),
})

eventRef('reasoning').implement({
  description: 'More of what the model thinks aloud.',
  interfaces,
  fields: (t) => ({
    text: t.string({ description: 'To be put behind what came before.', resolve: ({ event }) => event.text }),
  }),
})

eventRef('toolCall').implement({
  description: 'More of a tool call.',
  interfaces,
  fields: (t) => ({
    index: t.int({ description: "The tool call's place in the answer.", resolve: ({ event }) => event.index }),
    toolCallId: t.id({
      nullable: true,
      description: "Given with a tool call's first delta.",
      resolve: ({ event }) => event.id,
    }),
    name: t.string({
      nullable: true,
      description: "The tool's name, given with a tool call's first delta.",
      resolve: ({ event }) => event.name,
    }),
    argumentsDelta: t.string({
      description: "More of the arguments' JSON text; may be empty.",
      resolve: ({ event }) => event.argumentsDelta,
    }),
  }),
})

eventRef('attemptFailed').implement({
  description:
    'A provider did not answer, or not to the end, or another one was faster. Where a slow one had another beside it, the number says which of them it was; what is streamed is always of the one that is left.',
  interfaces,
  fields: (t) => ({
    attempt: t.field({ type: AttemptRef, description: 'What was tried.', resolve: ({ event }) => event.attempt }),
    outputVoided: t.boolean({
      description:
        'True where all output streamed so far is void: forget it. False where what follows goes on from it, and where there was none.',
      resolve: ({ event }) => event.outputVoided,
    }),
    willContinue: t.boolean({
      description: 'True where another attempt follows or is under way, false where the call ends.',
      resolve: ({ event }) => event.willContinue,
    }),
  }),
})

eventRef('finished').implement({
  description: 'The answer is complete and in the ledger. Nothing follows.',
  interfaces,
  fields: (t) => ({
    completion: t.field({
      type: CompletionRef,
      description: 'The whole answer.',
      resolve: ({ event }) => event.completion,
    }),
  }),
})

eventRef('embedded').implement({
  description:
    'The vectors are complete and in the ledger. Nothing follows. Seen by who joins a call of `embed` while it runs.',
  interfaces,
  fields: (t) => ({
    embedding: t.field({
      type: EmbeddingRef,
      description: 'All vectors.',
      resolve: ({ event }) => event.embedding,
    }),
  }),
})

eventRef('failed').implement({
  description: 'There is no answer. Nothing follows.',
  interfaces,
  fields: (t) => ({
    error: t.field({
      type: CallErrorRef,
      description: 'Why.',
      resolve: ({ callId, event }) => failureOf(callId, event.error),
    }),
  }),
})

function eventRef<Type extends EventType>(type: Type) {
  return builder.objectRef<EventOf<Type>>(TYPE_NAMES[type])
}
