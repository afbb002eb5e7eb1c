import { createHash, randomBytes } from 'node:crypto'

const RANDOM_BYTES = 32
const LONGEST_PREFIX = 11

/** A new API key: `sy_` and 43 characters of base64url, which are 256 random bits. */
export function newSecret(): string {
  return `sy_${randomBytes(RANDOM_BYTES).toString('base64url')}`
}

/**
 * What is kept of a secret to recognise it. A plain hash is enough: there is nothing to guess in 256 random bits, and
 * it is looked up on every request.
 */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** How a secret begins, for people to tell keys apart; never more than a quarter of one that somebody else chose. */
export function prefixOf(secret: string): string {
  return secret.slice(0, Math.min(LONGEST_PREFIX, Math.floor(secret.length / 4)))
}
