import { z } from 'zod'
import type { ReportRow } from '../../core/reconciliation.ts'
import { cents, count, day, pagesOf, readAs, usDollars } from './pages.ts'
import { emptyRow } from './report-rows.ts'

const cost = z.object({
  data: z.array(
    z.object({
      starting_at: day,
      results: z.array(z.object({ amount: cents, currency: usDollars.nullish(), model: z.string().nullish() })),
    }),
  ),
})

/**
 * Reads pages of Anthropic's `GET /v1/organizations/cost_report` (platform.claude.com/docs/en/api/admin/cost_report):
 * buckets of a day in UTC; amounts are decimal texts in cents ("123.45" is $1.2345). Only grouped by `description` they
 * name a model; web searches and code execution have none.
 */
export function readAnthropicCost(report: unknown): ReportRow[] {
  return pagesOf(report).flatMap((page) =>
    readAs(cost, page, "a page of Anthropic's cost report").data.flatMap(({ starting_at, results }) => {
      const rows = results.map(({ amount, model }) => ({ ...emptyRow(starting_at, model ?? null), cost: amount }))
      return rows.length > 0 ? rows : [{ ...emptyRow(starting_at, null), cost: 0n }]
    }),
  )
}

const tokens = count.nullish()

const usage = z.object({
  data: z.array(
    z.object({
      starting_at: day,
      results: z.array(
        z.object({
          model: z.string().nullish(),
          uncached_input_tokens: tokens,
          cache_read_input_tokens: tokens,
          cache_creation: z.object({ ephemeral_5m_input_tokens: tokens, ephemeral_1h_input_tokens: tokens }).nullish(),
          output_tokens: tokens,
        }),
      ),
    }),
  ),
})

/**
 * Reads pages of Anthropic's `GET /v1/organizations/usage_report/messages`
 * (platform.claude.com/docs/en/api/admin/usage_report): input is what was not cached, read from and written to the cache.
 * It does not count requests.
 */
export function readAnthropicUsage(report: unknown): ReportRow[] {
  return pagesOf(report).flatMap((page) =>
    readAs(usage, page, "a page of Anthropic's usage report").data.flatMap(({ starting_at, results }) => {
      const rows = results.map((result) => {
        const input = [
          result.uncached_input_tokens,
          result.cache_read_input_tokens,
          result.cache_creation?.ephemeral_5m_input_tokens,
          result.cache_creation?.ephemeral_1h_input_tokens,
        ]
        return {
          ...emptyRow(starting_at, result.model ?? null),
          inputTokens: input.reduce<number>((sum, part) => sum + (part ?? 0), 0),
          outputTokens: result.output_tokens ?? 0,
        }
      })
      return rows.length > 0 ? rows : [{ ...emptyRow(starting_at, null), inputTokens: 0, outputTokens: 0 }]
    }),
  )
}
