import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { eventDecoder, type ServerSentEvent } from './server-sent-events.ts'
import { malformed, truncated } from './stream-error.ts'

/**
 * The JSON objects of a response, as many at a time as arrived together: the data of its server-sent events, or its body
 * where it comes in one piece. Which of the two it is, its content type says, else what was asked for.
 * @throws ProviderError MALFORMED where something isn't JSON, TRUNCATED where the last event is cut
 */
export async function* wireObjects(
  response: Response,
  wantsStream: boolean,
): AsyncGenerator<readonly JsonObject[], void> {
  const type = response.headers.get('content-type') ?? ''
  const isStream = type.includes('event-stream') || (wantsStream && !type.includes('json'))
  if (!isStream) {
    yield objectsIn(parsed(await response.text()))
    return
  }
  if (response.body === null) return
  const decoder = eventDecoder()
  const reader = response.body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const objects = objectsOf(decoder.push(read.value))
    if (objects.length > 0) yield objects
  }
  yield objectsOf(decoder.flush())
}

function objectsOf(events: readonly ServerSentEvent[]): readonly JsonObject[] {
  return events.flatMap((event) => objectsIn(dataOf(event)))
}

/** Servers that speak another's API may end their streams with OpenAI's mark. */
function dataOf({ data, terminated }: ServerSentEvent): JsonValue {
  if (data.trim() === '' || data.startsWith('[DONE]')) return null
  if (terminated) return parsed(data)
  try {
    return parsed(data)
  } catch (cause) {
    throw truncated("The provider's stream ended inside a chunk.", cause)
  }
}

/** A stream in one piece is a list in Google's API. */
function objectsIn(value: JsonValue): readonly JsonObject[] {
  if (Array.isArray(value)) return value.filter(isJsonObject)
  return isJsonObject(value) ? [value] : []
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed('The provider sent something that is not JSON.', cause)
  }
}
