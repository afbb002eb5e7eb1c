import type { ReportFormat, ReportRow } from '../../core/reconciliation.ts'
import { readAnthropicCost, readAnthropicUsage } from './anthropic-report.ts'
import { readCsv } from './csv-report.ts'
import { parseExactly } from './exact-json.ts'
import { readOpenAiCosts, readOpenAiUsage } from './openai-report.ts'
import { readOpenRouterActivity } from './openrouter-report.ts'
import { summed } from './report-rows.ts'

const READERS = {
  'openai-costs': (text) => readOpenAiCosts(parseExactly(text)),
  'openai-usage': (text) => readOpenAiUsage(parseExactly(text)),
  'anthropic-cost': (text) => readAnthropicCost(parseExactly(text)),
  'anthropic-usage': (text) => readAnthropicUsage(parseExactly(text)),
  'openrouter-activity': (text) => readOpenRouterActivity(parseExactly(text)),
  csv: readCsv,
} as const satisfies Record<ReportFormat, (text: string) => ReportRow[]>

/**
 * Reads a provider's report: one row for each day and model.
 * @throws ReportError
 */
export function readReport(format: ReportFormat, text: string): ReportRow[] {
  return summed(READERS[format](text))
}
