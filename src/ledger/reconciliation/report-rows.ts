import type { ReportRow } from '../../core/reconciliation.ts'

/** A row that says nothing, for a day that a report covers. */
export function emptyRow(day: string, model: string | null): ReportRow {
  return { day, model, cost: null, inputTokens: null, outputTokens: null, requests: null }
}

/** One row for each day and model, with the sums; what no row counts stays null. */
export function summed(rows: readonly ReportRow[]): ReportRow[] {
  const sums = new Map<string, ReportRow>()
  for (const row of rows) {
    const name = JSON.stringify([row.day, row.model])
    const sum = sums.get(name)
    sums.set(name, sum ? added(sum, row) : row)
  }
  return [...sums.values()]
}

function added(a: ReportRow, b: ReportRow): ReportRow {
  const cost = a.cost === null || b.cost === null ? (a.cost ?? b.cost) : a.cost + b.cost
  return {
    ...a,
    cost,
    inputTokens: plus(a.inputTokens, b.inputTokens),
    outputTokens: plus(a.outputTokens, b.outputTokens),
    requests: plus(a.requests, b.requests),
  }
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b
}

const DAY = /^(\d{4}-\d{2}-\d{2})(?:[T ]|$)/

/** The day of a date, or of a date and time, that is said to be in UTC; null where it is neither. */
export function dayOf(text: string): string | null {
  const day = DAY.exec(text)?.[1]
  if (day === undefined || Number.isNaN(Date.parse(day))) return null
  return new Date(Date.parse(day)).toISOString().startsWith(day) ? day : null
}
