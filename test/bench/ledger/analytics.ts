import { parseArgs } from 'node:util'
import { type Database, openDatabase } from '../../../src/database/database.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { quantile } from '../measure.ts'
import { type Case, callCases, otherCases, usageCases } from './analytics-cases.ts'
import { type Watched, watched } from './plan-summary.ts'

/** Measures each query of the ledger on databases that `seed.ts` filled, side by side, and says how it was answered. */

const { values: flags } = parseArgs({
  options: {
    /** Given once for each size, the smallest first. */
    database: { type: 'string', multiple: true, default: [] },
    samples: { type: 'string', default: '20' },
    /** Parts of names with `|` between them. */
    only: { type: 'string', default: '' },
  },
})

const SAMPLES = Number(flags.samples)
const WARM_UPS = 3

interface Measured {
  readonly p50: number
  readonly p95: number
  readonly plan: string
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const results = new Map<string, Measured[]>()
const sizes: string[] = []
for (const url of flags.database) {
  const database = await openDatabase({ type: 'postgres', url, connections: 2 })
  try {
    await measureAll(database)
  } finally {
    await database.close()
  }
}
table()

async function measureAll(database: Database): Promise<void> {
  const [size] = await database.sql<{ calls: string; ms: string }[]>`
    select (select sum(calls) from usage_hourly) as calls, extract(epoch from max(created_at)) * 1000 as ms from call`
  sizes.push(`${(Number(size?.calls) / 1e6).toFixed(1)} M`)
  const now = Number(size?.ms)
  const watch = watched(database)
  const reader = ledgerReader(watch.database)
  const cases = [...usageCases(reader, now), ...(await callCases(reader, database, now)), ...(await otherCases(reader))]
  for (const one of cases.filter(({ name }) => flags.only.split('|').some((part) => name.includes(part)))) {
    const measured = await measure(one, watch)
    results.set(kindOf(one.name), [...(results.get(kindOf(one.name)) ?? []), measured])
    process.stderr.write(`${one.name}: ${measured.p50.toFixed(1)} / ${measured.p95.toFixed(1)} ms  ${measured.plan}\n`)
  }
}

/** The last page is not the same one in each size. */
function kindOf(name: string): string {
  return name.replace(/page [\d,]+$/, 'a deep page')
}

async function measure(one: Case, watch: Watched): Promise<Measured> {
  watch.clear()
  for (let at = 0; at < WARM_UPS; at++) await one.run()
  const summary = await watch.plan()
  const samples: number[] = []
  for (let at = 0; at < SAMPLES; at++) {
    const start = performance.now()
    await one.run()
    samples.push(performance.now() - start)
  }
  return { p50: quantile(samples, 0.5), p95: quantile(samples, 0.95), plan: summary }
}

function table(): void {
  say(`| query | ${sizes.map((size) => `${size}: p50 / p95 ms`).join(' | ')} | ratio of p50 | reads |`)
  say(`|---|${sizes.map(() => '---:|').join('')}---:|---|`)
  for (const [name, measured] of results) {
    const [first, last] = [measured.at(0), measured.at(-1)]
    const times = measured.map(({ p50, p95 }) => `${p50.toFixed(1)} / ${p95.toFixed(1)}`).join(' | ')
    const ratio = first && last ? (last.p50 / first.p50).toFixed(1) : ''
    say(`| ${name} | ${times} | ${ratio} | ${last?.plan ?? ''} |`)
  }
}
