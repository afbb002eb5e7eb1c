import type { AssistantMessageInput, CompletionInput, MessageInput } from '../../core/completion-input.ts'
import type { Message, ProviderState, ToolCall } from '../../core/conversation.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues, Path } from './issues.ts'
import { isShallow } from './json-value.ts'
import { checkUserParts } from './user-parts.ts'

/** The conversation as it was given: `system` first, then either the prompt or the messages. */
export function checkMessages(input: CompletionInput, limits: InputLimits, issues: Issues): readonly Message[] {
  const system: Message[] = []
  if (input.system != null) {
    checkText(input.system, ['system'], issues)
    system.push({ role: 'system', text: input.system })
  }
  return [...system, ...promptOrMessages(input, limits, issues)]
}

function promptOrMessages(input: CompletionInput, limits: InputLimits, issues: Issues): readonly Message[] {
  const { prompt, messages } = input
  if (prompt != null && messages != null) {
    issues.add(['messages'], 'Give either `prompt` or `messages`, not both.')
    checkText(prompt, ['prompt'], issues)
    checkList(messages, limits, issues)
  } else if (prompt != null) {
    checkText(prompt, ['prompt'], issues)
    return [{ role: 'user', parts: [{ type: 'text', text: prompt }] }]
  } else if (messages != null) {
    return checkList(messages, limits, issues)
  } else {
    issues.add(['prompt'], 'Give `prompt` or `messages`: there is nothing to answer.')
  }
  return []
}

function checkList(messages: readonly MessageInput[], limits: InputLimits, issues: Issues): readonly Message[] {
  if (messages.length === 0) issues.add(['messages'], 'Must not be empty.')
  else if (messages.length > limits.messages) {
    issues.add(['messages'], `Must have at most ${limits.messages} entries; this has ${messages.length}.`)
    return []
  } else if (messages.every(({ system }) => system != null)) {
    issues.add(['messages'], 'Must hold more than system messages: there is nothing to answer.')
  }
  return messages.flatMap((message, index) => checkMessage(message, limits, ['messages', `${index}`], issues) ?? [])
}

function checkMessage(input: MessageInput, limits: InputLimits, path: Path, issues: Issues): Message | null {
  const { system, user, assistant, toolResult } = input
  if (system != null) {
    checkText(system, [...path, 'system'], issues)
    return { role: 'system', text: system }
  }
  if (user != null) return { role: 'user', parts: checkUserParts(user, limits, [...path, 'user'], issues) }
  if (assistant != null) return checkAssistant(assistant, limits, [...path, 'assistant'], issues)
  if (toolResult != null) {
    const { toolCallId, content, isError } = toolResult
    return { role: 'tool', toolCallId, content, isError: isError ?? false }
  }
  issues.add(path, 'Give one of `system`, `user`, `assistant` and `toolResult`.')
  return null
}

function checkAssistant(input: AssistantMessageInput, limits: InputLimits, path: Path, issues: Issues): Message {
  const calls = input.toolCalls ?? []
  const text = input.text == null || input.text === '' ? null : input.text
  if (text === null && calls.length === 0) issues.add(path, 'Must have `text`, `toolCalls` or both.')
  if (calls.length > limits.toolCallsPerMessage) {
    issues.add(
      [...path, 'toolCalls'],
      `Must have at most ${limits.toolCallsPerMessage} entries; this has ${calls.length}.`,
    )
  }
  const toolCalls = calls.slice(0, limits.toolCallsPerMessage).map((call, index): ToolCall => {
    const place = [...path, 'toolCalls', `${index}`]
    if (call.id === '') issues.add([...place, 'id'], 'Must not be empty.')
    if (call.name === '') issues.add([...place, 'name'], 'Must not be empty.')
    isShallow(call.arguments, limits.jsonDepth, [...place, 'arguments'], issues)
    return { id: call.id, name: call.name, arguments: asJson(call.arguments) }
  })
  const providerState = checkProviderState(input.providerState, limits, [...path, 'providerState'], issues)
  return { role: 'assistant', text, toolCalls, providerState }
}

function checkProviderState(value: unknown, limits: InputLimits, path: Path, issues: Issues): ProviderState | null {
  if (value == null) return null
  if (!isJsonObject(value) || typeof value.provider !== 'string' || value.state === undefined) {
    issues.add(path, "Must be a Completion's `providerState`, handed back as it was.")
    return null
  }
  return isShallow(value, limits.jsonDepth, path, issues) ? { provider: value.provider, state: value.state } : null
}

function checkText(text: string, path: Path, issues: Issues): void {
  if (text.trim() === '') issues.add(path, 'Must not be empty.')
}

/** What GraphQL hands in for a JSON scalar is JSON; nothing at all is taken for null. */
function asJson(value: unknown): JsonValue {
  return (value ?? null) as JsonValue
}
