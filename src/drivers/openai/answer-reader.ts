import type { ContentEvent, DriverFinish } from '../../core/driver.ts'
import type { JsonObject } from '../../core/json.ts'

/**
 * How far an answer is: `open` may still bring content; `ending` has its finish reason and may still bring usage;
 * `complete` has all.
 */
export type AnswerProgress = 'open' | 'ending' | 'complete'

/** Reads one answer off the wire of one API. Keeps the state of that answer; made anew for each. */
export interface AnswerReader {
  /** What one chunk of a stream says. */
  chunk(chunk: JsonObject): readonly ContentEvent[]
  /** What an answer in one piece says. */
  whole(answer: JsonObject): readonly ContentEvent[]
  progress(): AnswerProgress
  /**
   * The end of the answer.
   * @param endMark whether the stream's own end mark (`[DONE]`) was seen
   * @throws ProviderError TRUNCATED where nothing says that the answer is complete, MALFORMED where it was no answer or
   * a tool call's arguments are not JSON
   */
  finish(endMark: EndMark): DriverFinish
}

export type EndMark = 'seen' | 'missing'
