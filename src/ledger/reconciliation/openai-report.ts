import { z } from 'zod'
import type { ReportRow } from '../../core/reconciliation.ts'
import { count, dayOfSeconds, dollars, pagesOf, readAs, usDollars } from './pages.ts'
import { emptyRow } from './report-rows.ts'

const costs = z.object({
  data: z.array(
    z.object({
      start_time: dayOfSeconds,
      results: z.array(
        z.object({
          amount: z.object({ value: dollars, currency: usDollars }).nullish(),
          line_item: z.string().nullish(),
        }),
      ),
    }),
  ),
})

/**
 * Reads pages of OpenAI's `GET /v1/organization/costs` (platform.openai.com/docs/api-reference/usage/costs): buckets of a
 * day from `start_time`, in seconds; amounts are numbers of dollars. Grouped by `line_item` a result is of one model and
 * kind of token, as `gpt-5-mini-2025-08-07, input`; what has no comma (web searches, say) belongs to no model.
 */
export function readOpenAiCosts(report: unknown): ReportRow[] {
  return pagesOf(report).flatMap((page) =>
    readAs(costs, page, "a page of OpenAI's costs").data.flatMap(({ start_time: day, results }) => {
      const rows = results.map(({ amount, line_item }) => ({
        ...emptyRow(day, modelOf(line_item ?? null)),
        cost: amount?.value ?? 0n,
      }))
      return rows.length > 0 ? rows : [{ ...emptyRow(day, null), cost: 0n }]
    }),
  )
}

const usage = z.object({
  data: z.array(
    z.object({
      start_time: dayOfSeconds,
      results: z.array(
        z.object({
          model: z.string().nullish(),
          input_tokens: count.nullish(),
          output_tokens: count.nullish(),
          num_model_requests: count.nullish(),
        }),
      ),
    }),
  ),
})

/**
 * Reads pages of OpenAI's `GET /v1/organization/usage/completions` and `…/embeddings`
 * (platform.openai.com/docs/api-reference/usage): `input_tokens` include cached ones.
 */
export function readOpenAiUsage(report: unknown): ReportRow[] {
  return pagesOf(report).flatMap((page) =>
    readAs(usage, page, "a page of OpenAI's usage").data.flatMap(({ start_time: day, results }) => {
      const rows = results.map((result) => ({
        ...emptyRow(day, result.model ?? null),
        inputTokens: result.input_tokens ?? 0,
        outputTokens: result.output_tokens ?? 0,
        requests: result.num_model_requests ?? 0,
      }))
      return rows.length > 0 ? rows : [{ ...emptyRow(day, null), inputTokens: 0, outputTokens: 0, requests: 0 }]
    }),
  )
}

function modelOf(lineItem: string | null): string | null {
  const end = lineItem?.lastIndexOf(', ') ?? -1
  return lineItem !== null && end > 0 ? lineItem.slice(0, end) : null
}
