import type { Tool, ToolChoice as WireToolChoice } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Conversation, ToolChoice, ToolDefinition } from '../../core/conversation.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { isJsonObject } from '../../core/json.ts'
import type { RequestBody } from '../provider-options.ts'
import type { AnswerFormat } from './answer-format.ts'
import { enforceable } from './json-schema.ts'
import type { ModelTraits } from './model-traits.ts'

export interface WireTools {
  readonly tools?: Tool[]
  readonly tool_choice?: WireToolChoice
}

/** The caller's tools, and the one for the answer where that is how it comes. */
export function toWireTools(
  conversation: Conversation,
  format: AnswerFormat,
  traits: ModelTraits,
  issues: InputIssue[],
): WireTools {
  const own = conversation.tools.map((tool, index) => wireTool(tool, ['tools', String(index)], traits, issues))
  const choice = conversation.toolChoice
  if (format.type !== 'tool' || mustCallOwn(choice)) {
    return {
      ...(own.length === 0 ? {} : { tools: own }),
      ...(choice === null ? {} : { tool_choice: wireChoice(choice) }),
    }
  }
  const onlyAnswer = own.length === 0 || choice?.type === 'none'
  return {
    tools: [...own, format.tool],
    tool_choice: onlyAnswer
      ? { type: 'tool', name: format.tool.name, disable_parallel_tool_use: true }
      : { type: 'any' },
  }
}

/**
 * A body whose choice is not sent without tools, which the API refuses. Tools may have come in by `providerOptions`, so
 * this is seen last; a call that must be made of no tool at all is left for the API to refuse.
 */
export function withoutIdleChoice(body: RequestBody): RequestBody {
  const { tools, tool_choice, ...rest } = body
  const isIdle = isJsonObject(tool_choice) && (tool_choice.type === 'auto' || tool_choice.type === 'none')
  return tools === undefined && isIdle ? rest : body
}

/** Whether one of the caller's tools must be called, so that there will be no answer but that call. */
export function mustCallOwn(choice: ToolChoice | null): boolean {
  return choice?.type === 'required' || choice?.type === 'tool'
}

function wireChoice(choice: ToolChoice): WireToolChoice {
  switch (choice.type) {
    case 'auto':
      return { type: 'auto' }
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: choice.name }
  }
}

function wireTool(tool: ToolDefinition, path: readonly string[], traits: ModelTraits, issues: InputIssue[]): Tool {
  const description = tool.description === null ? {} : { description: tool.description }
  const { parameters } = tool
  if (parameters.type !== undefined && parameters.type !== 'object') {
    issues.push({ path: [...path, 'parameters'], message: 'This provider takes only objects as arguments.' })
  }
  const plain: Tool = { name: tool.name, ...description, input_schema: { ...parameters, type: 'object' } }
  if (tool.strict !== true) return plain
  const schema = traits.jsonSchema ? closed(tool) : null
  if (schema !== null) return { ...plain, input_schema: { ...schema, type: 'object' }, strict: true }
  issues.push({ path: [...path, 'strict'], message: 'This model cannot enforce this schema; leave `strict` out.' })
  return plain
}

/** No arguments at all are a closed object too. */
function closed({ parameters }: ToolDefinition) {
  const { properties, additionalProperties } = parameters
  const hasNone = !isJsonObject(properties) || Object.keys(properties).length === 0
  const empty = hasNone && !isJsonObject(additionalProperties)
  return enforceable({ ...parameters, type: 'object', ...(empty ? { additionalProperties: false } : {}) })
}
