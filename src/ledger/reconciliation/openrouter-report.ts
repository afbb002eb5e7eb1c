import { z } from 'zod'
import type { ReportRow } from '../../core/reconciliation.ts'
import { count, day, dollars, pagesOf, readAs } from './pages.ts'

const activity = z.object({
  data: z.array(
    z.object({
      date: day,
      model: z.string(),
      usage: dollars,
      requests: count,
      prompt_tokens: count,
      completion_tokens: count,
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
    readAs(activity, page, "OpenRouter's activity").data.map((row) => ({
      day: row.date,
      model: row.model,
      cost: row.usage,
      inputTokens: row.prompt_tokens,
      outputTokens: row.completion_tokens,
      requests: row.requests,
    })),
  )
}
