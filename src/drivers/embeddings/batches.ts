/** What a provider takes in one request for vectors. */
export interface BatchLimits {
  readonly texts: number
  /** Tokens of all texts of a request together; null where only the number of texts is limited. */
  readonly tokens: number | null
}

/**
 * More than a text can have: half a token for each ASCII character (prose and code have a quarter, base64 about that) and
 * two for any other character (Chinese has about one, emoji two to three for their two code units).
 */
const TOKENS_OF_ASCII = 0.5
const TOKENS_OF_OTHERS = 2

/** Cuts texts into as few runs as a provider's limits allow. A text that is over the limit by itself goes alone. */
export function batchesOf(texts: readonly string[], limits: BatchLimits): readonly (readonly string[])[] {
  const batches: (readonly string[])[] = []
  let from = 0
  let tokens = 0
  for (const [index, text] of texts.entries()) {
    const more = limits.tokens === null ? 0 : mostTokens(text)
    const isFull = index - from >= limits.texts || (limits.tokens !== null && tokens + more > limits.tokens)
    if (isFull && index > from) {
      batches.push(texts.slice(from, index))
      from = index
      tokens = 0
    }
    tokens += more
  }
  return [...batches, texts.slice(from)]
}

function mostTokens(text: string): number {
  let others = 0
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) others++
  return Math.ceil((text.length - others) * TOKENS_OF_ASCII + others * TOKENS_OF_OTHERS)
}
