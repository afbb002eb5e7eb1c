import type { OutputSpec, Reasoning, ToolChoice, ToolDefinition } from '../../../core/conversation.ts'
import type { DriverRequest } from '../../../core/driver.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import { type RequestBody, withProviderOptions } from '../../provider-options.ts'
import { EFFORTS } from '../chat/reasoning.ts'
import { effortForNone } from '../reasoning-off.ts'
import { isStrictSchema } from '../strict-schema.ts'
import { inputItems } from './input.ts'

/**
 * The body of a Responses request; `providerOptions` last. Nothing is stored at OpenAI: what it wants to see again comes
 * encrypted and goes back with the conversation.
 */
export function responsesRequest({ model, conversation, upstream, options }: DriverRequest): RequestBody {
  const { sampling, tools, toolChoice, reasoning, output } = conversation
  const body = {
    model,
    input: inputItems(conversation),
    store: false,
    include: ['reasoning.encrypted_content'],
    ...(tools.length === 0 ? {} : { tools: tools.map(functionTool) }),
    ...(toolChoice === null || tools.length === 0 ? {} : { tool_choice: toolChoiceValue(toolChoice) }),
    ...(output.type === 'text' ? {} : { text: { format: textFormat(output) } }),
    ...(sampling.maxOutputTokens === null ? {} : { max_output_tokens: sampling.maxOutputTokens }),
    ...(sampling.temperature === null ? {} : { temperature: sampling.temperature }),
    ...(sampling.topP === null ? {} : { top_p: sampling.topP }),
    ...(reasoning === null ? {} : reasoningField(reasoning, model)),
    ...(upstream === 'unary' ? {} : { stream: true }),
  }
  return withProviderOptions(body, options)
}

function functionTool({ name, description, parameters, strict }: ToolDefinition): JsonObject {
  return {
    type: 'function',
    name,
    ...(description === null ? {} : { description }),
    parameters,
    ...(strict === null ? {} : { strict }),
  }
}

function toolChoiceValue(choice: ToolChoice): JsonValue {
  return choice.type === 'tool' ? { type: 'function', name: choice.name } : choice.type
}

function textFormat(output: Exclude<OutputSpec, { type: 'text' }>): JsonObject {
  if (output.type === 'json') return { type: 'json_object' }
  return { type: 'json_schema', name: output.name, schema: output.schema, strict: isStrictSchema(output.schema) }
}

function reasoningField({ effort }: Reasoning, model: string): JsonObject {
  if (effort === null) return {}
  if (effort !== 'NONE') return { reasoning: { effort: EFFORTS[effort], summary: 'auto' } }
  const value = effortForNone(model)
  return value === null ? {} : { reasoning: { effort: value } }
}
