import type { JsonObject } from '../../core/json.ts'
import type { AskedChoice, AskedFormat, AskedReasoning, AskedTool } from '../ask.ts'
import { charactersIn, numberAt, objectAt, objectsAt, textAt, textsAt } from '../json-access.ts'
import { isSeal } from '../seal.ts'
import { trailing } from '../trailing.ts'
import type { Reading, WireRequest } from '../wire.ts'

/** How a thought signature begins. */
export const SIGNATURE_PREFIX = 'CiQBsim'
/** What Gemini takes for a signature of a call that another model made (ai.google.dev/gemini-api/docs/thought-signatures). */
const WAIVERS = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']

/** Reads a request of Gemini's generateContent and streamGenerateContent. */
export function readGoogle({ body, path }: WireRequest): Reading {
  const model = path?.model ?? ''
  const contents = objectsAt(body, 'contents')
  const wrong = problemOf(model, contents)
  if (wrong !== null) return { type: 'invalid', model, detail: wrong }
  const config = either(body, 'generationConfig', 'generation_config')
  const lastParts = objectsAt(contents.at(-1) ?? {}, 'parts')
  const responses = trailing(lastParts, (part) => part.functionResponse !== undefined)
  return {
    type: 'ask',
    ask: {
      model,
      streaming: path?.streaming ?? false,
      streamsUsage: true,
      lastUserText: lastSpoken(contents),
      prefill: null,
      toolResults: responses.map((part) => JSON.stringify(objectAt(objectAt(part, 'functionResponse'), 'response'))),
      inputCharacters: charactersIn(body.contents) + charactersIn(body.systemInstruction) + charactersIn(body.tools),
      tools: toolsOf(body),
      choice: choiceOf(body),
      format: formatOf(config),
      maxTokens: numberAt(config, 'maxOutputTokens'),
      stops: textsAt(config, 'stopSequences'),
      reasoning: reasoningOf(objectAt(config, 'thinkingConfig')),
      body,
    },
  }
}

function either(from: JsonObject, name: string, other: string): JsonObject {
  return from[name] === undefined ? objectAt(from, other) : objectAt(from, name)
}

function lastSpoken(contents: readonly JsonObject[]): string {
  const texts = contents
    .filter((content) => content.role !== 'model')
    .map((content) =>
      objectsAt(content, 'parts')
        .map((part) => textAt(part, 'text'))
        .filter(Boolean)
        .join('\n'),
    )
  return texts.findLast((text) => text !== '') ?? ''
}

function problemOf(model: string, contents: readonly JsonObject[]): string | null {
  if (contents.length === 0) return '* GenerateContentRequest.contents: contents is not specified\n'
  const [broken] = contents.flatMap((content) => objectsAt(content, 'parts')).filter((part) => !signedWell(model, part))
  if (broken === undefined) return null
  return broken.thoughtSignature === undefined
    ? `Function call is missing a thought_signature in functionCall parts. Function call \`default_api:${textAt(objectAt(broken, 'functionCall'), 'name')}\`.`
    : 'Corrupted thought signature.'
}

/** Signatures come back unchanged; Gemini 3 insists on one for each turn's function call. */
function signedWell(model: string, part: JsonObject): boolean {
  if (part.thoughtSignature !== undefined) {
    const signature = textAt(part, 'thoughtSignature')
    return isSeal(SIGNATURE_PREFIX, signature) || WAIVERS.includes(signature)
  }
  return !(model.startsWith('gemini-3') && part.functionCall !== undefined)
}

function toolsOf(body: JsonObject): readonly AskedTool[] {
  return objectsAt(body, 'tools')
    .flatMap((tool) => [...objectsAt(tool, 'functionDeclarations'), ...objectsAt(tool, 'function_declarations')])
    .map((tool) => ({ name: textAt(tool, 'name'), schema: either(tool, 'parametersJsonSchema', 'parameters') }))
}

function choiceOf(body: JsonObject): AskedChoice {
  const config = either(either(body, 'toolConfig', 'tool_config'), 'functionCallingConfig', 'function_calling_config')
  const [name, ...others] = textsAt(config, 'allowedFunctionNames')
  if (config.mode === 'NONE') return { type: 'none' }
  if (config.mode !== 'ANY') return { type: 'auto' }
  return name !== undefined && others.length === 0 ? { type: 'tool', name } : { type: 'required' }
}

function formatOf(config: JsonObject): AskedFormat {
  const schema = ['responseJsonSchema', 'responseSchema', 'response_schema'].find((name) => config[name] !== undefined)
  if (schema !== undefined) return { type: 'schema', schema: objectAt(config, schema) }
  return config.responseMimeType === 'application/json' ? { type: 'json' } : { type: 'text' }
}

function reasoningOf(thinking: JsonObject): AskedReasoning {
  if (thinking.includeThoughts === true) return 'shown'
  const budget = numberAt(thinking, 'thinkingBudget') ?? 0
  return budget !== 0 || textAt(thinking, 'thinkingLevel') !== '' ? 'counted' : 'none'
}
