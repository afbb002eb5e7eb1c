import { badArgument } from './bad-input.ts'

/** The audit log keeps it for ever. */
const LONGEST_COMMENT = 1_000

export const COMMENT = `Why, for the audit log, which is never erased: at most ${LONGEST_COMMENT} characters.`

/** What is wrong with the reason for a change; null where nothing is. */
export function commentIssue(comment: string | null | undefined): string | null {
  return (comment?.length ?? 0) > LONGEST_COMMENT ? `Write at most ${LONGEST_COMMENT} characters.` : null
}

/** The reason for a change, as an argument. @throws GraphQLError with code `BAD_USER_INPUT` */
export function commentArgument(comment: string | null | undefined): string | null {
  const issue = commentIssue(comment)
  if (issue !== null) throw badArgument('comment', issue)
  return comment ?? null
}
