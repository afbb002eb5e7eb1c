/** The bounds of one request. Whatever lies beyond is refused before anything is spent. */
export interface InputLimits {
  /** Characters of all text together: system, prompt, messages and tool results. */
  readonly textCharacters: number
  readonly messages: number
  /** Text, images and files of one user message. */
  readonly partsPerMessage: number
  readonly tools: number
  readonly toolCallsPerMessage: number
  /** Characters of one JSON Schema, written as JSON. */
  readonly schemaCharacters: number
  /** Levels of nesting of any JSON value: schemas, arguments, options. */
  readonly jsonDepth: number
  /** Bytes of one image or file, decoded. */
  readonly mediaBytes: number
  readonly stopSequences: number
  readonly stopCharacters: number
  readonly tags: number
  readonly tagKeyCharacters: number
  readonly tagValueCharacters: number
  readonly fallbacks: number
  /** Characters of a model's or a route's name. */
  readonly modelCharacters: number
  /** Milliseconds. */
  readonly timeoutMs: number
}

export const DEFAULT_INPUT_LIMITS: InputLimits = {
  textCharacters: 4_000_000,
  messages: 10_000,
  partsPerMessage: 1_000,
  tools: 256,
  toolCallsPerMessage: 256,
  schemaCharacters: 100_000,
  jsonDepth: 100,
  mediaBytes: 32 * 1024 * 1024,
  stopSequences: 16,
  stopCharacters: 256,
  tags: 32,
  tagKeyCharacters: 64,
  tagValueCharacters: 256,
  fallbacks: 10,
  modelCharacters: 256,
  timeoutMs: 3_600_000,
}
