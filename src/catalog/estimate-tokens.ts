import type { Conversation, InputPart, Message } from '../core/conversation.ts'

/** Characters per token of text in Latin, Cyrillic and the like: English prose has about 4.3, code about 3.5. */
const CHARACTERS_PER_TOKEN = 4

/** Chinese, Japanese and Korean: 0.5 to 0.8 tokens a character, measured with o200k_base. */
const TOKENS_PER_DENSE_CHARACTER = 0.75

/** What a chat format spends on each message and on each tool besides their text. */
const TOKENS_PER_MESSAGE = 4
const TOKENS_PER_TOOL = 8

/**
 * An image of about a megapixel: OpenAI's high detail is 765 tokens for 1024 × 1024, Anthropic's is width × height / 750
 * (1,398), Google's 258 a tile (1,032).
 */
const TOKENS_PER_IMAGE = 1_000

/** A PDF's page costs Anthropic 1,500 to 3,000 tokens; bytes of a PDF per page vary, about 50,000 is usual. */
const TOKENS_PER_PAGE = 2_000
const BYTES_PER_PAGE = 50_000

/** Audio: Google counts 32 tokens a second; compressed speech is about 16,000 bytes a second. */
const TOKENS_PER_SECOND = 32
const BYTES_PER_SECOND = 16_000

const BASE64_BYTES = 3 / 4

/** A rough number of tokens of a text, at once and without a tokenizer: for plans, never for what is charged. */
export function estimateTokens(text: string): number {
  let dense = 0
  for (let index = 0; index < text.length; index++) {
    if (isDense(text.charCodeAt(index))) dense++
  }
  return Math.ceil((text.length - dense) / CHARACTERS_PER_TOKEN + dense * TOKENS_PER_DENSE_CHARACTER)
}

/** The blocks of Chinese, Japanese and Korean scripts, from the radicals to the ideographs, Hangul, and the wide forms. */
function isDense(code: number): boolean {
  return (
    code >= 0x2e80 &&
    (code <= 0x9fff || (code >= 0xac00 && code <= 0xd7ff) || (code >= 0xf900 && code <= 0xfaff) || code >= 0xff00)
  )
}

/** How many tokens the parts of a request are taken for. */
export interface TokenMeasure {
  text(text: string): number
  file(mediaType: string, bytes: number): number
  readonly image: number
  /** What a chat format spends on each message and on each tool besides their text. */
  readonly message: number
  readonly tool: number
}

const ROUGH: TokenMeasure = {
  text: estimateTokens,
  file: fileTokens,
  image: TOKENS_PER_IMAGE,
  message: TOKENS_PER_MESSAGE,
  tool: TOKENS_PER_TOOL,
}

/** A rough number of input tokens of all that a model is asked: messages, tools, an output schema, images and files. */
export function estimateInputTokens(conversation: Conversation): number {
  return inputTokensBy(ROUGH, conversation)
}

/** The same by another measure. */
export function inputTokensBy(measure: TokenMeasure, conversation: Conversation): number {
  const json = (value: unknown) => measure.text(JSON.stringify(value))
  const messages = sum(conversation.messages, (message) => measure.message + messageTokens(measure, message))
  const tools = sum(conversation.tools, (tool) => measure.tool + json([tool.name, tool.description, tool.parameters]))
  const schema = conversation.output.type === 'schema' ? json(conversation.output.schema) : 0
  return messages + tools + schema
}

function messageTokens(measure: TokenMeasure, message: Message): number {
  switch (message.role) {
    case 'system':
      return measure.text(message.text)
    case 'user':
      return sum(message.parts, (part) => partTokens(measure, part))
    case 'assistant':
      return (
        measure.text(message.text ?? '') +
        sum(message.toolCalls, (call) => measure.text(JSON.stringify([call.name, call.arguments])))
      )
    case 'tool':
      return measure.text(message.content)
  }
}

function partTokens(measure: TokenMeasure, part: InputPart): number {
  switch (part.type) {
    case 'text':
      return measure.text(part.text)
    case 'image':
      return measure.image
    case 'file':
      return measure.file(part.mediaType, part.data.length * BASE64_BYTES)
  }
}

/** About how many tokens a file is. */
export function fileTokens(mediaType: string, bytes: number): number {
  if (mediaType.startsWith('image/')) return TOKENS_PER_IMAGE
  if (mediaType.startsWith('text/') || mediaType === 'application/json') return Math.ceil(bytes / CHARACTERS_PER_TOKEN)
  if (mediaType.startsWith('audio/')) return Math.ceil(bytes / BYTES_PER_SECOND) * TOKENS_PER_SECOND
  return Math.max(Math.ceil(bytes / BYTES_PER_PAGE), 1) * TOKENS_PER_PAGE
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
