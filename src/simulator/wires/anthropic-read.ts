import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AskedChoice, AskedFormat, AskedReasoning } from '../ask.ts'
import { charactersIn, numberAt, objectAt, objectsAt, spokenIn, textAt, textsAt } from '../json-access.ts'
import { seal } from '../seal.ts'
import type { Reading, WireRequest } from '../wire.ts'

/** How a thinking block's signature begins. */
export const SIGNATURE_PREFIX = 'ErUBsim'

/** Reads a request of Anthropic's Messages API. */
export function readAnthropic({ body, headers }: WireRequest): Reading {
  const model = textAt(body, 'model')
  const messages = objectsAt(body, 'messages')
  const wrong =
    headers['anthropic-version'] === undefined ? 'anthropic-version: header is required' : problemOf(body, messages)
  if (wrong !== null) return { type: 'invalid', model, detail: wrong }
  const last = messages.at(-1)
  const results =
    last?.role === 'user' ? objectsAt(last, 'content').filter((block) => block.type === 'tool_result') : []
  return {
    type: 'ask',
    ask: {
      model,
      streaming: body.stream === true,
      streamsUsage: true,
      lastUserText: lastSpoken(messages),
      prefill: last?.role === 'assistant' ? { text: spokenIn(last.content), echoed: false } : null,
      toolResults: results.map((block) => spokenIn(block.content)),
      inputCharacters: charactersIn(body.system) + charactersIn(body.messages) + charactersIn(body.tools),
      tools: objectsAt(body, 'tools')
        .filter((tool) => isJsonObject(tool.input_schema))
        .map((tool) => ({ name: textAt(tool, 'name'), schema: objectAt(tool, 'input_schema') })),
      choice: choiceOf(objectAt(body, 'tool_choice')),
      format: formatOf(objectAt(objectAt(body, 'output_config'), 'format')),
      maxTokens: numberAt(body, 'max_tokens'),
      stops: textsAt(body, 'stop_sequences'),
      reasoning: reasoningOf(objectAt(body, 'thinking')),
      body,
    },
  }
}

/** The last user message that says something beyond tool results. */
function lastSpoken(messages: readonly JsonObject[]): string {
  const texts = messages.filter((message) => message.role === 'user').map((message) => spokenIn(message.content))
  return texts.findLast((text) => text !== '') ?? ''
}

function problemOf(body: JsonObject, messages: readonly JsonObject[]): string | null {
  if (textAt(body, 'model') === '') return 'model: Field required'
  if (numberAt(body, 'max_tokens') === null) return 'max_tokens: Field required'
  if (messages.length === 0) return 'messages: at least one message is required'
  const temperature = numberAt(body, 'temperature')
  if (temperature !== null && (temperature < 0 || temperature > 1)) return 'temperature: range: 0..1'
  const budget = numberAt(objectAt(body, 'thinking'), 'budget_tokens')
  if (budget !== null && budget < 1024)
    return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024'
  if (budget !== null && budget >= (numberAt(body, 'max_tokens') ?? 0)) {
    return '`max_tokens` must be greater than `thinking.budget_tokens`.'
  }
  const unfinished = problemInPrefill(body, messages.at(-1))
  if (unfinished !== null) return unfinished
  for (const [index, message] of messages.entries()) {
    const wrong = problemInMessage(message, messages[index - 1], index)
    if (wrong !== null) return wrong
  }
  return null
}

/** Models that take no beginning of an answer: Claude 4.6 and newer. */
const NO_PREFILL = /claude-(opus|sonnet|haiku)-(4[-.][6-9]|[5-9])|claude-(fable|mythos)/

/** What is wrong with a message of the assistant at the end (platform.claude.com, "Prefill Claude's response"). */
function problemInPrefill(body: JsonObject, last: JsonObject | undefined): string | null {
  if (last?.role !== 'assistant') return null
  if (NO_PREFILL.test(textAt(body, 'model'))) {
    return 'This model does not support assistant message prefill. The conversation must end with a user message.'
  }
  if (/\s$/.test(spokenIn(last.content))) return 'messages: final assistant content cannot end with trailing whitespace'
  if (textAt(objectAt(body, 'thinking'), 'type') === 'enabled') {
    return 'messages: final message cannot be an assistant message when `thinking` is enabled'
  }
  return null
}

function problemInMessage(message: JsonObject, before: JsonObject | undefined, index: number): string | null {
  if (message.role !== 'user' && message.role !== 'assistant') {
    return `messages.${index}.role: Input should be 'user' or 'assistant'`
  }
  const calls = before === undefined ? [] : objectsAt(before, 'content').map((block) => textAt(block, 'id'))
  for (const [at, block] of objectsAt(message, 'content').entries()) {
    const where = `messages.${index}.content.${at}`
    if (block.type === 'thinking' && block.signature !== seal(SIGNATURE_PREFIX, textAt(block, 'thinking'))) {
      return `${where}: Invalid \`signature\` in \`thinking\` block`
    }
    const id = textAt(block, 'tool_use_id')
    if (block.type === 'tool_result' && !calls.includes(id)) {
      return `${where}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`
    }
  }
  return null
}

function choiceOf(choice: JsonObject): AskedChoice {
  if (choice.type === 'any') return { type: 'required' }
  if (choice.type === 'none') return { type: 'none' }
  return choice.type === 'tool' ? { type: 'tool', name: textAt(choice, 'name') } : { type: 'auto' }
}

function formatOf(format: JsonObject): AskedFormat {
  return format.type === 'json_schema' ? { type: 'schema', schema: objectAt(format, 'schema') } : { type: 'text' }
}

function reasoningOf(thinking: JsonObject): AskedReasoning {
  if (thinking.type !== 'enabled' && thinking.type !== 'adaptive') return 'none'
  return thinking.display === 'omitted' ? 'counted' : 'shown'
}
