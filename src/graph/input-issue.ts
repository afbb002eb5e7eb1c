import type { InputIssue } from '../core/input-issue.ts'
import { builder } from './builder.ts'

export const InputIssueRef = builder.objectRef<InputIssue>('InputIssue').implement({
  description: "One thing that is wrong with a caller's input.",
  fields: (t) => ({
    path: t.stringList({
      description: 'Where, as field names and list indices: `["messages", "0", "user", "1", "imageUrl"]`.',
      resolve: ({ path }) => [...path],
    }),
    message: t.exposeString('message', { description: 'What is wrong and what to write instead.' }),
  }),
})
