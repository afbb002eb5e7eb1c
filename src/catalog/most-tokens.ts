import type { Conversation } from '../core/conversation.ts'
import { fileTokens, inputTokensBy, type TokenMeasure } from './estimate-tokens.ts'

/**
 * Tokenizers work on bytes (byte-pair encoding, or pieces with single bytes to fall back on): none makes more tokens of a
 * text than it has bytes in UTF-8. Images and files have no such bound; each provider has its own sizes, and these are
 * several times the usual ones.
 */
const MOST: TokenMeasure = {
  text: (text) => Buffer.byteLength(text),
  file: (mediaType, bytes) => (isText(mediaType) ? Math.ceil(bytes) : 4 * fileTokens(mediaType, bytes)),
  image: 6_000,
  message: 16,
  tool: 64,
}

/** What providers put around a conversation, such as the instructions for tools (Anthropic's have some 500 tokens). */
const AROUND = 32
const AROUND_TOOLS = 1_000

/** More input tokens than any provider counts for a request: what is reserved of a quota. */
export function mostInputTokens(conversation: Conversation): number {
  const around = conversation.tools.length > 0 || conversation.output.type === 'schema' ? AROUND_TOOLS : AROUND
  return inputTokensBy(MOST, conversation) + around
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || mediaType === 'application/json'
}
