import { builder } from './builder.ts'

const FileInput = builder.inputType('FileInput', {
  description: 'A file to show the model.',
  fields: (t) => ({
    mediaType: t.string({ required: true, description: 'Such as `application/pdf`.' }),
    data: t.string({ required: true, description: 'Base64.' }),
    name: t.string({ description: "The file's name, where the model should know it." }),
  }),
})

const InputPartInput = builder.inputType('InputPartInput', {
  description: 'One part of what a user says.',
  isOneOf: true,
  fields: (t) => ({
    text: t.string({ description: 'Plain text.' }),
    imageUrl: t.string({ description: 'An https or data URL.' }),
    file: t.field({ type: FileInput, description: 'A file, sent along.' }),
  }),
})

const AssistantToolCallInput = builder.inputType('AssistantToolCallInput', {
  description: 'A tool call that the model made in an earlier turn.',
  fields: (t) => ({
    id: t.id({ required: true, description: "The tool call's id, as its result names it." }),
    name: t.string({ required: true, description: "The tool's name." }),
    arguments: t.field({ type: 'JSON', required: true, description: 'What it was called with.' }),
  }),
})

const AssistantMessageInput = builder.inputType('AssistantMessageInput', {
  description: 'What the model said in an earlier turn.',
  fields: (t) => ({
    text: t.string({ description: 'What it wrote.' }),
    toolCalls: t.field({ type: [AssistantToolCallInput], description: 'What it called.' }),
    providerState: t.field({
      type: 'JSON',
      description: "A Completion's `providerState`, to hand reasoning back to the provider that made it.",
    }),
  }),
})

const ToolResultInput = builder.inputType('ToolResultInput', {
  description: 'What a tool returned.',
  fields: (t) => ({
    toolCallId: t.id({ required: true, description: 'The id of the tool call that this answers.' }),
    content: t.string({ required: true, description: 'The result, as text.' }),
    isError: t.boolean({ defaultValue: false, description: 'True where the tool failed and `content` says why.' }),
  }),
})

export const MessageInput = builder.inputType('MessageInput', {
  description: 'One message of a conversation: exactly one of its fields.',
  isOneOf: true,
  fields: (t) => ({
    system: t.string({ description: 'System instructions.' }),
    user: t.field({ type: [InputPartInput], description: 'What the user says, in parts.' }),
    assistant: t.field({ type: AssistantMessageInput, description: 'What the model said in an earlier turn.' }),
    toolResult: t.field({ type: ToolResultInput, description: 'What a tool returned.' }),
  }),
})
