/** The longest message of a provider that is kept, in characters. */
const MAX_LENGTH = 1000

const REMOVED = '[removed]'

/** Credentials as providers write them, also those that a provider has masked in part. */
const CREDENTIALS = [
  /\b(Bearer|Basic)\s+[\w.~+/*=-]{6,}/gi,
  /\b(sk|pk|rk|gsk|xai|csk|hf|fw|pplx|tgp|nvapi|sess)[-_][\w*.…-]{6,}/g,
  /\bAIza[\w*-]{10,}/g,
  /\bya29\.[\w-]+/g,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /\b(api[-_]?key|key|token|access_token)=[^\s&"']+/gi,
]

/** A credential with its middle left out: what a provider repeats of a key that it doesn't know. */
const MASKED = /([\w-]{2,})(?:\*{2,}|\.{3,}|…+)([\w-]*)/g

/**
 * A provider's message without credentials and of bounded length, fit for errors, rows and logs.
 * @param secrets what must not be in it whatever it looks like
 */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, REMOVED)
  clean = clean.replace(MASKED, (shown, head: string, tail: string) =>
    secrets.some((secret) => secret.startsWith(head) && secret.endsWith(tail)) ? REMOVED : shown,
  )
  for (const pattern of CREDENTIALS) clean = clean.replace(pattern, REMOVED)
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH)}…` : clean
}
