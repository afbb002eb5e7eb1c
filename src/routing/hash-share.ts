const SPAN = 0x1_0000_0000

/**
 * A number from 0 to 1, both exclusive, that is always the same for a text and evenly spread over texts: FNV-1a
 * (Fowler, Noll, Vo) over its UTF-16 code units, mixed by the finalizer of MurmurHash3 (Appleby) so that texts that
 * differ at their end only fall far apart.
 */
export function hashShare(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  hash ^= hash >>> 16
  return ((hash >>> 0) + 0.5) / SPAN
}
