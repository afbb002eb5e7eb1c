import type { CompletionInput } from '../../core/completion-input.ts'
import type { Issues, Path } from './issues.ts'

/**
 * Checks that each tool result answers a tool call that stands before it and has no result yet. An id may come again
 * once its first call is answered: some providers number the calls of each turn from zero.
 */
export function checkToolResults(input: CompletionInput, issues: Issues): void {
  const waiting = new Set<string>()
  const answered = new Set<string>()
  for (const [index, { assistant, toolResult }] of (input.messages ?? []).entries()) {
    const path = ['messages', `${index}`]
    for (const [place, { id }] of (assistant?.toolCalls ?? []).entries()) {
      if (waiting.has(id)) {
        issues.add([...path, 'assistant', 'toolCalls', `${place}`, 'id'], `Two tool calls have the id "${short(id)}".`)
      }
      waiting.add(id)
    }
    if (toolResult != null) checkResult(toolResult.toolCallId, [...path, 'toolResult', 'toolCallId'])
  }

  function checkResult(id: string, path: Path): void {
    if (waiting.delete(id)) answered.add(id)
    else if (answered.has(id)) issues.add(path, `The tool call "${short(id)}" has a result already.`)
    else issues.add(path, `No tool call before it has the id "${short(id)}": send the assistant message that made it.`)
  }
}

function short(id: string): string {
  return id.length > 80 ? `${id.slice(0, 80)}…` : id
}
