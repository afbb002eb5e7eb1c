import type { Signals } from '../core/candidate.ts'
import type { StickyKey } from '../core/route-policy.ts'
import { hashShare } from './hash-share.ts'

/** What this request shares with those that are treated alike; null where it lacks it. */
export function stickyValue(key: StickyKey, { endUser, tags }: Signals): string | null {
  if (key.type === 'endUser') return endUser
  return tags.find((tag) => tag.key === key.key)?.value ?? null
}

/** How the key is told: "end user", "tag session". */
export function stickyName(key: StickyKey): string {
  return key.type === 'endUser' ? 'end user' : `tag ${key.key}`
}

interface Weighted {
  readonly name: string
  readonly weight: number
}

/**
 * Items in an order that is always the same for a seed and, over seeds, as if drawn by weight, one after another
 * (weighted rendezvous hashing; Efraimidis, Spirakis: "Weighted random sampling with a reservoir", 2006). Where a
 * weight changes or an item comes or goes, no seed moves but to or from that item.
 */
export function inStickyOrder<T extends Weighted>(items: readonly T[], seed: string): readonly T[] {
  const keyOf = ({ name, weight }: T) => -Math.log(hashShare(`${seed}\n${name}`)) / weight
  return items
    .map((item) => ({ item, key: keyOf(item) }))
    .sort((a, b) => a.key - b.key || (a.item.name < b.item.name ? -1 : 1))
    .map(({ item }) => item)
}
