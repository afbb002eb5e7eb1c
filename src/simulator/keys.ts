import type { RefusalName } from './fault.ts'

/** A key with such a word in it is refused, so that key pools can be tried. */
const BAD_KEYS: Readonly<Record<string, RefusalName>> = {
  invalid: 'bad-key',
  unpaid: '402',
  broke: 'no-credit',
  forbidden: '403',
  limited: '429-long',
  exhausted: 'quota',
}

/** How a key is refused; null where it is a good one. */
export function refusalOfKey(key: string | null): RefusalName | null {
  if (key === null) return 'missing-key'
  const word = Object.keys(BAD_KEYS).find((bad) => key.includes(bad))
  return word === undefined ? null : (BAD_KEYS[word] ?? null)
}

/** Enough of a key to tell it from others of a pool, never all of it. */
export function maskedKey(key: string): string {
  return key.length < 12 ? `${key.slice(0, 2)}…` : `${key.slice(0, 4)}…${key.slice(-4)}`
}
