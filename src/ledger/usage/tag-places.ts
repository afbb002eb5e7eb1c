import { createHash } from 'node:crypto'
import type { UsageQuery } from '../../core/usage-report.ts'
import { storable } from '../../database/row-arrays.ts'

/** The columns that have the values of a tag in rollups of tags, and how many values a row stands for. */
export interface TagColumns {
  readonly value: 'tag_value' | 'second_value'
  readonly folded: 'folded' | 'second_folded'
}

const FIRST: TagColumns = { value: 'tag_value', folded: 'folded' }
const SECOND: TagColumns = { value: 'second_value', folded: 'second_folded' }

/** Where rollups have the tags that a query groups and filters by. */
export interface TagPlaces {
  /** By key. More than two have none of their own: no rollup is by so many. */
  readonly columns: ReadonlyMap<string, TagColumns>
  readonly hashes: ReadonlySet<string>
  /** What the names of their kinds end with. */
  readonly suffix: string
  /** Whether one key is filtered by twice, which a rollup by its value can't tell. */
  readonly isRepeated: boolean
}

/** Keys are ordered by their hashes, so that there is one rollup for each two, whichever comes first. */
export function placesOf({ filter, groupByTag = null }: UsageQuery): TagPlaces {
  const filtered = new Set(filter.tags.map(({ key }) => key))
  const keys = new Set([...filtered, ...(groupByTag === null ? [] : [groupByTag])])
  const hashed = [...keys].map((key) => ({ key, hash: hashOf(key) })).sort((a, b) => (a.hash < b.hash ? -1 : 1))
  const hashes = hashed.map(({ hash }) => hash)
  return {
    columns: new Map(hashed.map(({ key }, at) => [key, at === 0 ? FIRST : SECOND])),
    hashes: new Set(hashes),
    suffix: hashes.length > 1 ? md5(hashes.join('')) : (hashes[0] ?? ''),
    isRepeated: filtered.size < filter.tags.length,
  }
}

/** What stands for a tag's key in rollups. */
export function hashOf(key: string): string {
  return md5(storable(key))
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}
