import type { ExpressionCheck } from '../../../core/driver.ts'
import type { InputIssue } from '../../../core/input-issue.ts'
import { messagePath } from '../../message-path.ts'
import type { ChatDialect } from './dialect.ts'
import { takesFile } from './parts.ts'
import { reasoningIssues } from './reasoning.ts'

/** What Chat Completions, as a service speaks it, can't express of a conversation. */
export function chatUnsupported({ model, conversation }: ExpressionCheck, dialect: ChatDialect): readonly InputIssue[] {
  const { sampling, tools, toolChoice, messages, reasoning } = conversation
  const issues: InputIssue[] = [...reasoningIssues(reasoning, model, dialect.reasoning)]
  if (sampling.seed !== null && dialect.seedField === null) {
    issues.push({ path: ['seed'], message: 'This provider takes no seed.' })
  }
  if (toolChoice?.type === 'required' && dialect.requiredTool === null) {
    issues.push({ path: ['toolChoice', 'mode'], message: 'This provider cannot be made to call a tool. Use AUTO.' })
  }
  tools.forEach((tool, index) => {
    if (tool.strict === true && dialect.strict === 'unknown') {
      issues.push({
        path: ['tools', String(index), 'strict'],
        message: 'This provider has no strict tools. Leave it out.',
      })
    }
  })
  messages.forEach((message, index) => {
    if (message.role !== 'user') return
    message.parts.forEach((part, at) => {
      if (part.type !== 'file' || takesFile(part.mediaType, dialect)) return
      const path = [...messagePath(messages, index), 'user', String(at), 'file', 'mediaType']
      issues.push({ path, message: `This provider takes no files of the type ${part.mediaType}.` })
    })
  })
  return issues
}
