import type { Conversation, ToolChoice, ToolDefinition } from '../../core/conversation.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'

/** The API's names for the ways to choose. */
const MODES = { auto: 'AUTO', none: 'NONE', required: 'ANY', tool: 'ANY' } as const satisfies Record<
  ToolChoice['type'],
  string
>

/**
 * Function declarations and how to choose among them. Strict schemas are the mode VALIDATED, which holds all of a request's
 * calls to their schemas; ANY does so anyway. Source: Google's page on function calling.
 */
export function toolFields({ tools, toolChoice }: Conversation): JsonObject {
  if (tools.length === 0) return {}
  const isStrict = tools.some((tool) => tool.strict === true)
  const validated = isStrict && (toolChoice === null || toolChoice.type === 'auto')
  const config =
    toolChoice === null && !validated ? {} : { toolConfig: { functionCallingConfig: calling(toolChoice, validated) } }
  return { tools: [{ functionDeclarations: tools.map(declaration) }], ...config }
}

function calling(choice: ToolChoice | null, validated: boolean): JsonObject {
  if (validated || choice === null) return { mode: 'VALIDATED' }
  return { mode: MODES[choice.type], ...(choice.type === 'tool' ? { allowedFunctionNames: [choice.name] } : {}) }
}

/** A tool without parameters has no schema: the API refuses objects without properties. */
function declaration({ name, description, parameters }: ToolDefinition): JsonObject {
  const { properties } = parameters
  const isEmpty = isJsonObject(properties)
    ? Object.keys(properties).length === 0
    : Object.keys(parameters).every((key) => BARE.includes(key))
  return {
    name,
    ...(description === null ? {} : { description }),
    ...(isEmpty ? {} : { parametersJsonSchema: parameters }),
  }
}

/** What an object's schema may say without saying anything of its properties. */
const BARE: readonly string[] = [
  'type',
  'additionalProperties',
  'properties',
  'required',
  '$schema',
  'title',
  'description',
]
