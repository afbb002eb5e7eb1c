import type { Ask } from './ask.ts'
import type { Wire } from './wire.ts'

type Words = (asked: number, most: number) => string

const openAi: Words = (asked, most) =>
  `max_tokens is too large: ${asked}. This model supports at most ${most} completion tokens, whereas you provided ${asked}.`

/** What providers say to a limit on output that is larger than the model's own. */
const WORDS: Partial<Record<Wire['name'], Words>> = {
  'openai-chat': openAi,
  'openai-responses': (asked, most) =>
    `Invalid 'max_output_tokens': integer above maximum value. Expected a value <= ${most}, but got ${asked} instead.`,
  anthropic: (asked, most) =>
    `max_tokens: ${asked} > ${most}, which is the maximum allowed number of output tokens for this model`,
  google: (asked, most) =>
    `Unable to submit request because it has a maxOutputTokens value of ${asked} but the supported range is from 1 (inclusive) to ${most + 1} (exclusive).`,
}

/** What is wrong with the limit that a request sets; null where nothing is. */
export function problemWithLimit(wire: Wire['name'], { maxTokens }: Ask, most: number | null): string | null {
  if (most === null || maxTokens === null || maxTokens <= most) return null
  return WORDS[wire]?.(maxTokens, most) ?? null
}
