const GONE = '[redacted]'

/** Fields that hold a secret whatever it looks like, in JSON at any depth. */
const SECRET_FIELDS =
  /("(?:proxy-)?authorization"|"(?:x-)?(?:goog-)?api-?_?key"|"(?:client_?)?secret"|"password"|"set-cookie"|"cookie")(\s*:\s*)"(?:[^"\\]|\\.)*"/gi

/** Texts that are secrets wherever they stand, each with what of it may stay. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  // The header of RFC 9110, quoted in a message.
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${GONE}`],
  // Switchyard's own keys.
  [/\bsy_[\w-]{6,}/g, `sy_${GONE}`],
  // OpenAI's, Anthropic's and OpenRouter's.
  [/\bsk-[\w-]{6,}/g, `sk-${GONE}`],
  // Google's, Groq's, xAI's and Hugging Face's.
  [/\bAIza[\w-]{20,}/g, `AIza${GONE}`],
  [/\b(gsk_|xai-|hf_)[\w-]{16,}/g, `$1${GONE}`],
  // A key in a query, as Google's API takes it.
  [/([?&](?:key|api_key|apikey|access_token|token)=)[^&\s"'\\]+/gi, `$1${GONE}`],
  // A password in a URL, as databases have it.
  [/(\b[a-z][\w+.-]*:\/\/[^\s:@/"'\\]*:)[^\s@/"'\\]+@/gi, `$1${GONE}@`],
]

/**
 * A line of the log without its secrets. It works on the finished line, so that it makes no difference whether a
 * secret stood in a field, a message, a stack or the cause of a cause.
 */
export function scrubLine(line: string): string {
  const fieldsGone = line.replace(SECRET_FIELDS, `$1$2"${GONE}"`)
  return SECRETS.reduce((text, [pattern, left]) => text.replace(pattern, left), fieldsGone)
}
