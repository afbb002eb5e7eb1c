import type { JsonObject } from '../core/json.ts'
import type { AskedReasoning } from './ask.ts'

export interface AnsweredTool {
  readonly name: string
  readonly arguments: JsonObject
}

/** Why an answer ends. */
export type Ending =
  | { readonly type: 'complete' }
  | { readonly type: 'maxTokens' }
  | { readonly type: 'stopSequence'; readonly sequence: string }
  | { readonly type: 'toolCalls' }
  /** The provider's filter cut the answer off. */
  | { readonly type: 'filtered' }
  /** The model itself declined. */
  | { readonly type: 'refused' }
  /** Nobody says. */
  | { readonly type: 'missing' }

export interface AnswerUsage {
  /** All input, cached included. */
  readonly input: number
  readonly cached: number
  /** All output, reasoning included. */
  readonly output: number
  readonly reasoning: number
}

/** A scripted answer, in no wire's terms. */
export interface Answer {
  /** Unlike any other answer's of this simulator; letters and digits only. */
  readonly id: string
  /** Without behaviours: what the provider says answered. */
  readonly model: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly reasoning: string
  readonly reasoningShown: AskedReasoning
  readonly text: string
  /** How the text is cut into chunks. */
  readonly space: SpaceSide
  readonly toolCalls: readonly AnsweredTool[]
  readonly ending: Ending
  /** Null where the provider shall tell none. */
  readonly usage: AnswerUsage | null
}

/** On which side of a word its space comes with it. */
export type SpaceSide = 'before' | 'behind'

/** Cuts text into words, each with the space on one side of it; joined they are the text again. */
export function words(text: string, space: SpaceSide = 'before'): readonly string[] {
  return text.match(space === 'before' ? /\s*\S+|\s+$/g : /\S+\s*|^\s+/g) ?? []
}

/** Cuts text into pieces of at most `size` UTF-16 units. */
export function pieces(text: string, size: number): readonly string[] {
  const cut: string[] = []
  for (let at = 0; at < text.length; at += size) cut.push(text.slice(at, at + size))
  return cut
}

/** About four characters a token. */
export function tokensOf(characters: number): number {
  return Math.ceil(characters / 4)
}
