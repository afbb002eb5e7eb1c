import type { Tag } from '../core/tag.ts'
import { builder } from './builder.ts'

export const TagRef = builder.objectRef<Tag>('Tag').implement({
  description: 'A label of a call, to group cost by.',
  fields: (t) => ({
    key: t.exposeString('key', { description: "The label's name." }),
    value: t.exposeString('value', { description: "The label's value." }),
  }),
})

export const TagInput = builder.inputType('TagInput', {
  description: 'A label to give a call, or to find calls by.',
  fields: (t) => ({
    key: t.string({ required: true, description: "The label's name." }),
    value: t.string({ required: true, description: "The label's value." }),
  }),
})
