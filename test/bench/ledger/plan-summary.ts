import type { Database } from '../../../src/database/database.ts'
import { SHORT_READS } from '../../../src/ledger/short-reads.ts'

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly Plans?: readonly PlanNode[]
}

/** A database whose statements of the last query can be explained. */
export interface Watched {
  readonly database: Database
  /** Forgets the statements so far. */
  clear(): void
  /** Which tables and indexes the statements since then read, and about how many rows. */
  plan(): Promise<string>
}

export function watched(database: Database): Watched {
  const seen = new Map<string, string[]>()
  const watch = <T extends object>(sql: T): T =>
    new Proxy(sql, {
      get(target, name, receiver) {
        const found: unknown = Reflect.get(target, name, receiver)
        if (typeof found !== 'function') return found
        if (name === 'begin') {
          return (work: (tx: object) => unknown) => Reflect.apply(found, target, [(tx: object) => work(watch(tx))])
        }
        if (name !== 'unsafe') return found
        return (text: string, values: string[], options: object) => {
          if (/^\s*(with|select)/.test(text)) seen.set(text, values)
          return Reflect.apply(found, target, [text, values, options])
        }
      },
    })
  return {
    database: { ...database, sql: watch(database.sql) },
    clear: () => seen.clear(),
    async plan() {
      const parts = new Map<string, number>()
      for (const [text, values] of seen) {
        if (text.includes('usage_progress')) continue
        const rows = await database.sql.begin(async (tx) => {
          await tx.unsafe(SHORT_READS)
          return await tx.unsafe(`explain (analyze, timing off, format json) ${text}`, values)
        })
        const plan = rows[0]?.['QUERY PLAN']
        const [{ Plan: root }] = (typeof plan === 'string' ? JSON.parse(plan) : plan) as readonly [
          { readonly Plan: PlanNode },
        ]
        collect(root, parts)
      }
      return [...parts].map(([name, count]) => `${name} (${count.toLocaleString('en')})`).join(', ')
    },
  }
}

/** By table without its month, with the index that found the rows. */
function collect(node: PlanNode, parts: Map<string, number>): void {
  const table = node['Relation Name']?.replace(/_\d{4}_\d{2}$/, '')
  const index = node['Index Name']
  const rows = node['Actual Rows'] * node['Actual Loops']
  if (table !== undefined || index !== undefined) {
    const name = index === undefined ? `${table}: ${node['Node Type']}` : indexName(index)
    if (rows > 0) parts.set(name, (parts.get(name) ?? 0) + rows)
  }
  for (const inner of node.Plans ?? []) collect(inner, parts)
}

/** Partitions name their indexes after their columns. */
function indexName(index: string): string {
  return index.replace(/_\d{4}_\d{2}/, '')
}
