import type { ToolCall } from '../core/conversation.ts'
import { builder } from './builder.ts'

export const ToolCallRef = builder.objectRef<ToolCall>('ToolCall').implement({
  description: 'A tool that the model wants called.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Hand it back with the result, as `toolCallId`.' }),
    name: t.exposeString('name', { description: "The tool's name." }),
    arguments: t.expose('arguments', { type: 'JSON', description: 'What to call it with, parsed.' }),
  }),
})
