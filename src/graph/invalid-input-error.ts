import type { InputIssue } from '../core/input-issue.ts'
import { builder } from './builder.ts'
import { InputIssueRef } from './input-issue.ts'

export interface InvalidInput {
  readonly issues: readonly InputIssue[]
}

export const InvalidInputErrorRef = builder.objectRef<InvalidInput>('InvalidInputError').implement({
  description: 'Nothing was changed, since what was given is wrong or more than the key may give.',
  fields: (t) => ({
    message: t.string({
      description: 'All issues in one sentence.',
      resolve: ({ issues }) =>
        issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join(' '),
    }),
    issues: t.expose('issues', { type: [InputIssueRef], description: 'All that is wrong, each with its field.' }),
  }),
})
