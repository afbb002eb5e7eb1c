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
  return linesOf(text).map(({ record, info }) => rowOf(record, info.lines))
}

interface Line {
  readonly record: Readonly<Record<string, string>>
  readonly info: { readonly lines: number }
}

function linesOf(text: string): Line[] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, columns: headings, info: true })
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

function rowOf(line: Line['record'], number: number): ReportRow {
  const read = <T>(name: (typeof COLUMNS)[number], of: (text: string) => T): T | null => {
    try {
      return line[name] ? of(line[name]) : null
    } catch (error) {
      if (error instanceof ReportError) throw new ReportError(`Line ${number}, ${name}: ${error.message}`)
      throw error
    }
  }
  return {
    day: read('day', dayIn) ?? missing(number),
    model: line.model || null,
    cost: read('cost_usd', (text) => amountOf(text, 'usd')),
    inputTokens: read('input_tokens', countOf),
    outputTokens: read('output_tokens', countOf),
    requests: read('requests', countOf),
  }
}

function dayIn(text: string): string {
  const day = dayOf(text)
  if (day === null) throw new ReportError(`"${text}" is no date such as 2025-06-30`)
  return day
}

function missing(number: number): never {
  throw new ReportError(`Line ${number}, day: there is none`)
}
