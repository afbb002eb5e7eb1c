import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { listOf, objectOf } from '../../../src/drivers/json-reading.ts'

/** Where two requests of Chat Completions mean the same by different words, one of them. */
export function canonicalChat(request: JsonObject): JsonValue {
  const { max_tokens, max_completion_tokens, stream_options: _, messages, ...rest } = request
  return plain({
    ...rest,
    max_tokens: max_completion_tokens ?? max_tokens ?? null,
    stream: request.stream === true,
    messages: listOf(messages).map((message) => canonicalMessage(objectOf(message))),
  })
}

function canonicalMessage({ role, content, tool_calls, name: _, prefix: __, ...rest }: JsonObject): JsonObject {
  const [only, ...others] = listOf(content).map(objectOf)
  const text = others.length === 0 && only?.type === 'text' ? (only.text ?? null) : content
  return {
    ...rest,
    role: role === 'developer' ? 'system' : (role ?? null),
    content: text === '' || text === undefined ? null : text,
    ...(listOf(tool_calls).length === 0
      ? {}
      : { tool_calls: listOf(tool_calls).map((call) => canonicalCall(objectOf(call))) }),
  }
}

function canonicalCall({ id, function: fn, extra_content }: JsonObject): JsonObject {
  const { name, arguments: json } = objectOf(fn)
  return {
    id: id ?? null,
    name: name ?? null,
    arguments: JSON.parse(String(json || '{}')),
    extra_content: extra_content ?? null,
  }
}

/** Items and instructions as one list, ids and statuses that nobody needs left out. */
export function canonicalResponses(request: JsonObject): JsonValue {
  const { instructions, input, store: _, include: __, ...rest } = request
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input).map(objectOf)
  return plain({
    ...rest,
    stream: request.stream === true,
    ...(request.text ? { text: canonicalText(objectOf(request.text)) } : {}),
    ...(request.reasoning ? { reasoning: canonicalReasoning(objectOf(request.reasoning)) } : {}),
    input: [...(instructions ? [{ role: 'system', content: instructions }] : []), ...items]
      .filter((item) => !isEmpty(item))
      .map(canonicalItem),
  })
}

/** Some clients send an assistant's message without a word before its calls. */
function isEmpty(item: JsonObject): boolean {
  return item.role === 'assistant' && (item.content === '' || objectOf(listOf(item.content)[0]).text === '')
}

/** Text is what comes where nothing else is asked for. */
function canonicalText({ format, ...rest }: JsonObject): JsonValue {
  if (objectOf(format).type !== 'text') return { ...rest, format: format ?? null }
  return Object.keys(rest).length === 0 ? null : rest
}

/** We ask for summaries, since what is not asked for isn't shown. */
function canonicalReasoning({ summary, ...rest }: JsonObject): JsonObject {
  return summary === 'auto' ? rest : { ...rest, summary: summary ?? null }
}

function canonicalItem(item: JsonObject): JsonObject {
  if (item.type === 'function_call') {
    const { id: _, status: __, ...call } = item
    return { ...call, arguments: JSON.parse(String(item.arguments || '{}')) }
  }
  if (item.role === undefined) return item
  const { id: _, status: __, type: ___, ...message } = item
  const parts = typeof item.content === 'string' ? [{ text: item.content }] : listOf(item.content).map(objectOf)
  return { ...message, role: item.role === 'developer' ? 'system' : item.role, content: parts.map(canonicalPart) }
}

function canonicalPart({ type, annotations: _, detail: __, logprobs: ___, ...part }: JsonObject): JsonObject {
  return 'text' in part ? part : { type: type ?? null, ...part }
}

/** Null and absent mean the same, and so do `n: 1` and none, `strict: false` and none; tools are functions where they say nothing else. */
function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      inner === null ||
      (name === 'tools' && Array.isArray(inner) && inner.length === 0) ||
      (name === 'n' && inner === 1) ||
      (name === 'strict' && inner === false) ||
      (name === 'type' && inner === 'function')
        ? []
        : [[name, plain(inner)]],
    ),
  )
}
