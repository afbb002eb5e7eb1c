import type { ToolChoice, ToolDefinition } from '../../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import type { ChatDialect } from './dialect.ts'

export function chatTools(tools: readonly ToolDefinition[], dialect: ChatDialect): readonly JsonObject[] {
  return tools.map(({ name, description, parameters, strict }) => ({
    type: 'function',
    function: {
      name,
      ...(description === null ? {} : { description }),
      parameters,
      ...(strict === null || dialect.strict === 'unknown' ? {} : { strict }),
    },
  }))
}

export function chatToolChoice(choice: ToolChoice, dialect: ChatDialect): JsonValue {
  if (choice.type === 'tool') return { type: 'function', function: { name: choice.name } }
  return choice.type === 'required' ? (dialect.requiredTool ?? 'required') : choice.type
}
