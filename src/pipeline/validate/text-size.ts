import type { Message } from '../../core/conversation.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues, Path } from './issues.ts'

/** Checks that all text together stays within its bound. */
export function checkTextSize(messages: readonly Message[], limits: InputLimits, path: Path, issues: Issues): void {
  const characters = messages.reduce((sum, message) => sum + charactersOf(message), 0)
  if (characters <= limits.textCharacters) return
  const most = `at most ${limits.textCharacters} characters of text together`
  issues.add(path, `Must have ${most}; this has ${characters}.`)
}

function charactersOf(message: Message): number {
  switch (message.role) {
    case 'system':
      return message.text.length
    case 'user':
      return message.parts.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0)
    case 'assistant':
      return message.text?.length ?? 0
    case 'tool':
      return message.content.length
  }
}
