import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'

const OutputFormatRef = describedEnum<'TEXT' | 'JSON'>('OutputFormat', 'What form an answer has.', {
  TEXT: 'Free text.',
  JSON: 'Any JSON value.',
})

const OutputSchemaInput = builder.inputType('OutputSchemaInput', {
  description: 'A form that the answer must have.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What the form is called, for the provider.' }),
    schema: t.field({
      type: 'JSON',
      required: true,
      description: "JSON Schema that the answer must satisfy; checked before it's returned.",
    }),
  }),
})

export const OutputInput = builder.inputType('OutputInput', {
  description: 'What form the answer must have: exactly one of its fields.',
  isOneOf: true,
  fields: (t) => ({
    format: t.field({ type: OutputFormatRef, description: 'Text, or JSON of any shape.' }),
    schema: t.field({ type: OutputSchemaInput, description: 'JSON of one shape.' }),
  }),
})
