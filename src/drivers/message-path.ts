import type { Message } from '../core/conversation.ts'

/**
 * Where a conversation's message stands in `CompletionInput`. A leading system message counts as the field `system`,
 * which stands there as a message of its own.
 */
export function messagePath(messages: readonly Message[], index: number): readonly string[] {
  const offset = messages[0]?.role === 'system' ? 1 : 0
  return index < offset ? ['system'] : ['messages', String(index - offset)]
}
