import type { UsageRow, UsageTagValue } from '../../core/usage-report.ts'
import { sumOf } from './usage-metrics.ts'

/** Which part of a row is folded: the end user, or the value of the tag. */
export interface Folding {
  /** The value; null where there is none, or where the row stands for others already. */
  readonly nameOf: (row: UsageRow) => string | null
  /** The row as one that stands for others. */
  readonly asOther: (row: UsageRow) => UsageRow
}

export const BY_USER: Folding = {
  nameOf: (row) => row.group.find(({ dimension }) => dimension === 'END_USER')?.value ?? null,
  asOther: (row) => ({
    ...row,
    group: row.group.map((one) => (one.dimension === 'END_USER' ? { ...one, value: null, isOther: true } : one)),
  }),
}

export const BY_TAG: Folding = {
  nameOf: (row) => row.tag?.value ?? null,
  asOther: (row) => ({ ...row, tag: { value: null, isOther: true } }),
}

/** Rows that are by the same, added up. */
function joined(rows: readonly UsageRow[]): UsageRow[] {
  return [...Map.groupBy(rows, keyOf).values()].flatMap((same) => {
    const [first] = same
    if (!first) return []
    return same.length === 1 ? [first] : [{ ...first, metrics: sumOf(same.map(({ metrics }) => metrics)) }]
  })
}

/** What is left of totals when rows that are by more are taken away; only what has calls. */
export function remainder(
  totals: readonly UsageRow[],
  rows: readonly UsageRow[],
  strip: (row: UsageRow) => UsageRow,
): UsageRow[] {
  const taken = Map.groupBy(rows, (row) => keyOf(strip(row)))
  return totals
    .map((total) => {
      const metrics = (taken.get(keyOf(total)) ?? []).map((row) => row.metrics)
      return { ...total, metrics: sumOf([total.metrics], metrics) }
    })
    .filter(({ metrics }) => metrics.calls > 0)
}

/**
 * Keeps the values that cost most and adds the rows of all others up.
 * @returns the rows, and how many values were folded
 */
export function foldRows(
  rows: readonly UsageRow[],
  most: number,
  { nameOf, asOther }: Folding,
): { readonly rows: readonly UsageRow[]; readonly folded: number } {
  const costs = new Map<string, bigint>()
  for (const row of rows) {
    const value = nameOf(row)
    if (value !== null) costs.set(value, (costs.get(value) ?? 0n) + row.metrics.cost)
  }
  if (costs.size <= most) return { rows, folded: 0 }
  const dearest = [...costs].sort(([a, x], [b, y]) => (x > y ? -1 : x < y ? 1 : a < b ? -1 : 1)).slice(0, most)
  const kept = new Set(dearest.map(([value]) => value))
  return { rows: foldOthers(rows, kept, { nameOf, asOther }), folded: costs.size - most }
}

/** Keeps some values and adds the rows of all others up. */
export function foldOthers(
  rows: readonly UsageRow[],
  kept: ReadonlySet<string>,
  { nameOf, asOther }: Folding,
): readonly UsageRow[] {
  const changed = rows.map((row) => {
    const value = nameOf(row)
    return value === null || kept.has(value) ? row : asOther(row)
  })
  return joined(changed)
}

/** By period, then by cost, highest first; equals in an order that stays. */
export function sorted(rows: readonly UsageRow[]): UsageRow[] {
  return rows.toSorted((a, b) => {
    const [x, y] = [a.metrics.cost, b.metrics.cost]
    return (a.periodStart ?? 0) - (b.periodStart ?? 0) || (x > y ? -1 : x < y ? 1 : keyOf(a) < keyOf(b) ? -1 : 1)
  })
}

/** What tells rows of one report apart. */
function keyOf({ periodStart, group, tag }: UsageRow): string {
  let key = `${periodStart}`
  for (const one of group) key += partOf(one)
  return tag === null ? key : key + partOf(tag)
}

function partOf({ value, isOther }: UsageTagValue): string {
  if (value === null) return isOther ? '|other' : '|none'
  return `|${value.length}:${value}`
}
