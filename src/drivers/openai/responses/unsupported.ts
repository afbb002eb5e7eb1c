import type { ExpressionCheck } from '../../../core/driver.ts'
import type { InputIssue } from '../../../core/input-issue.ts'
import { messagePath } from '../../message-path.ts'
import { reasoningIssues } from '../chat/reasoning.ts'
import { effortForNone } from '../reasoning-off.ts'

/** What the Responses API can't express of a conversation. */
export function responsesUnsupported({ model, conversation }: ExpressionCheck): readonly InputIssue[] {
  const { sampling, messages, reasoning } = conversation
  const issues: InputIssue[] = [...reasoningIssues(reasoning, model, { type: 'effort', none: effortForNone })]
  if (sampling.stop.length > 0) {
    issues.push({
      path: ['stop'],
      message: "OpenAI's Responses API takes no stop sequences. Configure `api: 'chat'` for them.",
    })
  }
  if (sampling.seed !== null) {
    issues.push({ path: ['seed'], message: "OpenAI's Responses API takes no seed. Configure `api: 'chat'` for it." })
  }
  messages.forEach((message, index) => {
    if (message.role !== 'user') return
    message.parts.forEach((part, at) => {
      if (part.type !== 'file' || !/^(audio|video)\//.test(part.mediaType)) return
      const path = [...messagePath(messages, index), 'user', String(at), 'file', 'mediaType']
      issues.push({ path, message: `OpenAI's Responses API takes no files of the type ${part.mediaType}.` })
    })
  })
  return issues
}
