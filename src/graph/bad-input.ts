import { GraphQLError } from 'graphql'
import type { InputIssue } from '../core/input-issue.ts'

/** An argument that its type allows and its meaning doesn't: code `BAD_USER_INPUT`, with the argument's name. */
export function badArgument(argument: string, message: string): GraphQLError {
  return new GraphQLError(`${argument}: ${message}`, { extensions: { code: 'BAD_USER_INPUT', argument } })
}

/** A CompletionInput that can't be sent, where the schema has no error type to say so: all issues are in `extensions`. */
export function badInput(issues: readonly InputIssue[]): GraphQLError {
  const said = issues.map((issue) =>
    issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
  )
  return new GraphQLError(`The input is invalid. ${said.join(' ')}`, { extensions: { code: 'BAD_USER_INPUT', issues } })
}
