import type { Tool } from '@anthropic-ai/sdk/resources/messages/messages'
import type { OutputSpec } from '../../core/conversation.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { enforceable } from './json-schema.ts'
import type { ModelTraits } from './model-traits.ts'

/** How the answer is brought into the form that was asked for. */
export type AnswerFormat =
  | { readonly type: 'text' }
  /** The provider enforces the schema. */
  | { readonly type: 'native'; readonly schema: JsonObject }
  /**
   * A tool whose input is the answer; the driver hands the input on as text and never as a tool call.
   * `wrapped` where the answer is no object: then it is the input's `value`.
   */
  | { readonly type: 'tool'; readonly tool: Tool; readonly wrapped: boolean }
  /** The model is told; the pipeline checks. */
  | { readonly type: 'instruction'; readonly text: string }

const ANY_OBJECT: JsonObject = { type: 'object', additionalProperties: true }

/** Limits on the way of a tool: whether one may be forced, and which names are taken. */
export interface ToolLimits {
  readonly canForce: boolean
  readonly taken: readonly string[]
}

/**
 * Natively where the model enforces schemas and this schema can be enforced; else by a tool that must be called, whose
 * input takes any schema; else, where no tool can be forced, by telling the model. JSON without a schema is an object.
 */
export function answerFormat(output: OutputSpec, traits: ModelTraits, limits: ToolLimits): AnswerFormat {
  if (output.type === 'text') return { type: 'text' }
  const schema = output.type === 'schema' ? output.schema : ANY_OBJECT
  const native = output.type === 'schema' && traits.jsonSchema ? enforceable(schema) : null
  if (native !== null) return { type: 'native', schema: native }
  if (!limits.canForce) return { type: 'instruction', text: instruction(output) }
  const wrapped = schema.type !== 'object'
  const name = freeName(output.type === 'schema' ? output.name : 'answer', limits.taken)
  const tool: Tool = {
    name,
    description: 'Gives the final answer.',
    input_schema: wrapped ? wrap(schema) : objectSchema(schema),
  }
  return { type: 'tool', tool, wrapped }
}

function instruction(output: OutputSpec): string {
  const only = 'Answer with JSON only: no other text and no Markdown fence.'
  if (output.type !== 'schema') return `${only} The answer is one JSON object.`
  return `${only} The answer satisfies this JSON Schema:\n${JSON.stringify(output.schema)}`
}

function objectSchema(schema: JsonObject): Tool['input_schema'] {
  return { ...schema, type: 'object' }
}

/** Definitions stay at the root, where references look for them. */
function wrap(schema: JsonObject): Tool['input_schema'] {
  const { $defs, definitions, ...value } = schema
  const shared = { ...(isJsonObject($defs) ? { $defs } : {}), ...(isJsonObject(definitions) ? { definitions } : {}) }
  return { ...shared, type: 'object', properties: { value }, required: ['value'] }
}

/** The API takes letters, digits, `_` and `-`, 64 at most. */
function freeName(wanted: string, taken: readonly string[]): string {
  const clean = wanted.replace(/[^\w-]/g, '_').slice(0, 60) || 'answer'
  let name = clean
  for (let count = 2; taken.includes(name); count++) name = `${clean}_${count}`
  return name
}
