import { parse } from 'csv-parse/sync'
import type { ReportRow } from '../../core/reconciliation.ts'
import { amountOf, countOf } from './amount.ts'
import { ReportError } from './report-error.ts'
import { dayOf } from './report-rows.ts'

const COLUMNS = ['day', 'model', 'cost_usd', 'input_tokens', 'output_tokens', 'requests'] as const
const KNOWN: ReadonlySet<string> = new Set(COLUMNS)

/**
 * Reads a table whose first line names its columns, in any order: `day` (2025-06-30, in UTC), and any of `model`,
 * `cost_usd`, `input_tokens` (all input, cached or not), `output_tokens` and `requests`. An empty cell says nothing.
 * @throws ReportError naming the line
 */
export function readCsv(text: string): ReportRow[] {
  const lines = linesOf(text)
  return lines.map((line, at) => {
    try {
      return rowOf(line)
    } catch (error) {
      if (error instanceof ReportError) throw new ReportError(`Row ${at + 1}: ${error.message}`)
      throw error
    }
  })
}

function linesOf(text: string): Record<string, string>[] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, columns: headings })
  } catch (error) {
    if (error instanceof ReportError) throw error
    throw new ReportError(`The table can not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function headings(found: string[]): string[] {
  const names = found.map((name) => name.toLowerCase())
  const unknown = names.filter((name) => !KNOWN.has(name))
  if (unknown.length > 0)
    throw new ReportError(`Unknown columns: ${unknown.join(', ')}; known are ${COLUMNS.join(', ')}`)
  if (!names.includes('day')) throw new ReportError('The column "day" is missing')
  if (!names.some((name) => name !== 'day' && name !== 'model')) {
    throw new ReportError(`A column with numbers is missing: ${COLUMNS.slice(2).join(', ')}`)
  }
  return names
}

function rowOf(line: Readonly<Record<string, string>>): ReportRow {
  const day = dayOf(line.day ?? '')
  if (day === null) throw new ReportError(`"${line.day}" is no date such as 2025-06-30`)
  const read = <T>(name: (typeof COLUMNS)[number], of: (text: string) => T): T | null =>
    line[name] ? of(line[name]) : null
  return {
    day,
    model: line.model || null,
    cost: read('cost_usd', (text) => amountOf(text, 'usd')),
    inputTokens: read('input_tokens', countOf),
    outputTokens: read('output_tokens', countOf),
    requests: read('requests', countOf),
  }
}
