import { z } from 'zod'
import type { ReportRow } from '../../core/reconciliation.ts'
import { amountOf, countOf } from './amount.ts'
import { numeral, pagesOf, readAs } from './pages.ts'
import { ReportError } from './report-error.ts'
import { dayOf } from './report-rows.ts'

const activity = z.object({
  data: z.array(
    z.object({
      date: z.string(),
      model: z.string(),
      usage: numeral,
      requests: numeral,
      prompt_tokens: numeral,
      completion_tokens: numeral,
    }),
  ),
})

/**
 * Reads OpenRouter's `GET /api/v1/activity` (openrouter.ai/docs/api/api-reference/analytics/get-user-activity): a row for
 * each day in UTC, model and endpoint; `usage` is what was paid in credits, in dollars. What was paid to others with keys of
 * one's own (`byok_usage_inference`) is not on OpenRouter's bill.
 */
export function readOpenRouterActivity(report: unknown): ReportRow[] {
  return pagesOf(report).flatMap((page) =>
    readAs(activity, page, "OpenRouter's activity").data.map((row) => {
      const day = dayOf(row.date)
      if (day === null) throw new ReportError(`"${row.date}" is no date`)
      return {
        day,
        model: row.model,
        cost: amountOf(row.usage, 'usd'),
        inputTokens: countOf(row.prompt_tokens),
        outputTokens: countOf(row.completion_tokens),
        requests: countOf(row.requests),
      }
    }),
  )
}
