import type { Caller } from '../core/caller.ts'

/**
 * An idempotency key as the ledger keeps it. Keys are a project's own; those sent with a browser token are its end user's
 * own, since visitors who hit on the same key must not get each other's answers. What an input gives has no control
 * characters, so nobody else can write one of these.
 */
export function scopedKey({ browserToken }: Pick<Caller, 'browserToken'>, key: string): string {
  return browserToken === null ? key : `endUser\u0000${browserToken.endUser}\u0000${key}`
}
