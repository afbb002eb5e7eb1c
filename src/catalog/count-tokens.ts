import { type Encoding, encodingOf } from './encoding.ts'

/**
 * Byte-pair merging is quadratic in the length of a run without spaces: a text is counted in pieces of at most this many
 * characters, cut before a space where there is one, so that no text holds the event loop up.
 */
const PIECE = 1_000

/** Characters that are really counted; what is longer is extrapolated from them. */
const COUNTED = 400_000

/**
 * Counts the tokens of a text as OpenAI's tokenizers do: `cl100k_base` for GPT-3.5 and GPT-4, `o200k_base` for anything
 * else, also for models of others, whose own tokenizers are not public or too large to carry. Marks such as
 * `<|endoftext|>` count as the plain text they are. The tokenizer is loaded with the first call; later calls for the same
 * encoding return the number at once.
 * @param model by the provider's own name; o200k_base without
 */
export function countTokens(text: string, model?: string): number | Promise<number> {
  if (text === '') return 0
  const encoding = encodingOf(model)
  return encoding instanceof Promise ? encoding.then((loaded) => count(text, loaded)) : count(text, encoding)
}

function count(text: string, encoding: Encoding): number {
  const end = Math.min(text.length, COUNTED)
  let tokens = 0
  for (let start = 0; start < end; ) {
    const next = pieceEnd(text, start)
    tokens += encoding(text.slice(start, next))
    start = next
  }
  return text.length <= COUNTED ? tokens : Math.round((tokens * text.length) / COUNTED)
}

function pieceEnd(text: string, start: number): number {
  const limit = start + PIECE
  if (limit >= text.length) return text.length
  const space = Math.max(text.lastIndexOf(' ', limit), text.lastIndexOf('\n', limit))
  if (space > start) return space
  return isLowSurrogate(text.charCodeAt(limit)) ? limit - 1 : limit
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}
