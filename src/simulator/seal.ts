import { createHash } from 'node:crypto'

/**
 * What a provider gives along with reasoning and wants back unchanged: Anthropic's signatures, OpenAI's encrypted
 * content, Gemini's thought signatures. Opaque to clients; here, a digest of the reasoning.
 * @param prefix makes it look like the provider's own
 */
export function seal(prefix: string, reasoning: string): string {
  return `${prefix}${createHash('sha512').update(reasoning).digest('base64url')}`
}

/** Whether a seal looks like one of `seal`'s: for reasoning that does not come back as text beside it. */
export function isSeal(prefix: string, value: string): boolean {
  return value.startsWith(prefix) && /^[\w-]{86}$/.test(value.slice(prefix.length))
}
