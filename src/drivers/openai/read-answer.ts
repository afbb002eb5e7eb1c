import type { Clock } from '../../core/clock.ts'
import type { ContentEvent, DriverEvent, Upstream } from '../../core/driver.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { eventDecoder, type ServerSentEvent } from '../server-sent-events.ts'
import { malformed, truncated } from '../stream-error.ts'
import type { AnswerReader, EndMark } from './answer-reader.ts'
import { type ByteSource, byteSource, NOTHING_YET } from './byte-source.ts'

export interface ReadingContext {
  readonly asked: Upstream
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** How long an answer that has its finish reason is given to bring its usage, where the connection stays open. */
const USAGE_GRACE_MS = 1_000
/** How long one that has all is given to end by itself, so that its connection can be used again. */
const END_GRACE_MS = 50

/** The content and the finish of a successful response, in whichever of the two forms it came. */
export async function* readAnswer(
  response: Response,
  reader: AnswerReader,
  context: ReadingContext,
): AsyncGenerator<DriverEvent> {
  if (isStream(response, context.asked)) yield* readStream(response, reader, context)
  else yield* readWhole(response, reader)
}

function isStream(response: Response, asked: Upstream): boolean {
  const type = response.headers.get('content-type') ?? ''
  if (type.includes('event-stream')) return true
  return asked === 'stream' && !type.includes('json') && !type.includes('html')
}

async function* readWhole(response: Response, reader: AnswerReader): AsyncGenerator<DriverEvent> {
  const text = await response.text()
  if (text.trim() === '') throw malformed('The provider answered with nothing.')
  yield* reader.whole(parsed(text, 'The provider answered with something that is not JSON.'))
  yield reader.finish('seen')
}

async function* readStream(
  response: Response,
  reader: AnswerReader,
  context: ReadingContext,
): AsyncGenerator<DriverEvent> {
  if (response.body === null) throw malformed('The provider answered with nothing.')
  const source = byteSource(response.body, context)
  try {
    const next = eventsOf(source, reader, context.signal)
    let endMark: EndMark = 'missing'
    for (let events = await next(); events !== null; events = await next()) {
      const end = events.findIndex(isEndMark)
      for (const content of contentOf(end === -1 ? events : events.slice(0, end), reader)) yield content
      if (end === -1) continue
      endMark = 'seen'
      break
    }
    yield reader.finish(endMark)
    await drain(source)
  } finally {
    source.close()
  }
}

/**
 * Hands out the events that arrived together; null when there are no more: the body has ended, or the answer is complete
 * and nothing follows it soon. A connection that breaks behind a complete answer takes nothing away from it.
 */
function eventsOf(
  source: ByteSource,
  reader: AnswerReader,
  signal: AbortSignal,
): () => Promise<readonly ServerSentEvent[] | null> {
  const decoder = eventDecoder()
  let isOver = false
  return async () => {
    if (isOver) return null
    const bytes = await source.read(graceOf(reader)).catch((error: unknown) => {
      if (reader.progress() === 'open' || signal.aborted) throw error
      return null
    })
    if (bytes === NOTHING_YET) return null
    isOver = bytes === null
    return bytes === null ? decoder.flush() : decoder.push(bytes)
  }
}

/** What was said before a chunk that fails is handed out first. */
function* contentOf(events: readonly ServerSentEvent[], reader: AnswerReader): Generator<ContentEvent> {
  for (const event of events) {
    const chunk = chunkOf(event)
    if (chunk !== null) yield* reader.chunk(chunk)
  }
}

function graceOf(reader: AnswerReader): number | null {
  const progress = reader.progress()
  if (progress === 'open') return null
  return progress === 'ending' ? USAGE_GRACE_MS : END_GRACE_MS
}

function isEndMark(event: ServerSentEvent): boolean {
  return event.data.startsWith('[DONE]')
}

function chunkOf(event: ServerSentEvent): JsonObject | null {
  if (event.data.trim() === '') return null
  if (event.terminated) return parsed(event.data, 'The provider sent a chunk that is not JSON.')
  try {
    return parsed(event.data, '')
  } catch (cause) {
    throw truncated("The provider's stream ended inside a chunk.", cause)
  }
}

function parsed(text: string, complaint: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw malformed(complaint, cause)
  }
  if (!isJsonObject(value)) throw malformed('The provider sent JSON that is no object.')
  return value
}

/** What follows the end mark says nothing; reading it lets the connection be kept. */
async function drain(source: ByteSource): Promise<void> {
  for (let reads = 0; reads < 8; reads++) {
    const bytes = await source.read(END_GRACE_MS).catch(() => null)
    if (bytes === null || bytes === NOTHING_YET) return
  }
}
