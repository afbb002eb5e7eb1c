import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'

export const ToolInput = builder.inputType('ToolInput', {
  description: 'Something that the model may ask the caller to do.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What the model calls it by.' }),
    description: t.string({ description: 'When and how to use it, for the model to read.' }),
    parameters: t.field({ type: 'JSON', required: true, description: 'JSON Schema of the arguments.' }),
    strict: t.boolean({ description: 'Whether the provider must hold the model to the schema.' }),
  }),
})

const ToolChoiceModeRef = describedEnum<'AUTO' | 'NONE' | 'REQUIRED'>(
  'ToolChoiceMode',
  'Whether the model calls tools.',
  {
    AUTO: 'As the model sees fit.',
    NONE: 'It calls none.',
    REQUIRED: 'It calls at least one.',
  },
)

export const ToolChoiceInput = builder.inputType('ToolChoiceInput', {
  description: 'Which tools the model calls: exactly one of its fields.',
  isOneOf: true,
  fields: (t) => ({
    mode: t.field({ type: ToolChoiceModeRef, description: 'Whether it calls any.' }),
    tool: t.string({ description: 'The one tool that must be called.' }),
  }),
})
