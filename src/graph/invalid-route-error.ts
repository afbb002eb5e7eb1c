import type { InputIssue } from '../core/input-issue.ts'
import { builder } from './builder.ts'
import { InputIssueRef } from './input-issue.ts'

export interface InvalidRoute {
  readonly issues: readonly InputIssue[]
}

export const InvalidRouteErrorRef = builder.objectRef<InvalidRoute>('InvalidRouteError').implement({
  description: 'A route that can not be put into force.',
  fields: (t) => ({
    message: t.string({
      description: 'All issues in one sentence.',
      resolve: ({ issues }) =>
        issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; '),
    }),
    issues: t.expose('issues', { type: [InputIssueRef], description: 'All that is wrong, each with its path.' }),
  }),
})
