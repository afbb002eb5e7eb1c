import type { Conversation, Message, Sampling } from '../../src/core/conversation.ts'
import type { InputIssue } from '../../src/core/input-issue.ts'
import { NOTHING_ASKED } from './run-driver.ts'

/** A conversation with everything that a test doesn't care about. */
export function conversationWith(
  changes: Partial<Omit<Conversation, 'sampling'>> & { sampling?: Partial<Sampling> },
): Conversation {
  return { ...NOTHING_ASKED, ...changes, sampling: { ...NOTHING_ASKED.sampling, ...changes.sampling } }
}

export function user(text: string): Message {
  return { role: 'user', parts: [{ type: 'text', text }] }
}

/** The fields of issues, as a person would write them. */
export function fieldsOf(issues: readonly InputIssue[]): readonly string[] {
  return issues.map((issue) => issue.path.join('.'))
}
