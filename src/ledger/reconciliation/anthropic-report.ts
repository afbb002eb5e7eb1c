import { z } from 'zod'
import type { ReportRow } from '../../core/reconciliation.ts'
import { amountOf, countOf } from './amount.ts'
import { numeral, pagesOf, readAs } from './pages.ts'
import { ReportError } from './report-error.ts'
import { dayOf, emptyRow } from './report-rows.ts'

const cost = z.object({
  data: z.array(
    z.object({
      starting_at: z.string(),
      results: z.array(z.object({ amount: numeral, currency: z.string().nullish(), model: z.string().nullish() })),
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
      const day = dayFrom(starting_at)
      const rows = results.map(({ amount, currency, model }) => {
        if (currency && currency.toUpperCase() !== 'USD') throw new ReportError(`${currency} is not US dollars`)
        return { ...emptyRow(day, model ?? null), cost: amountOf(amount, 'cents') }
      })
      return rows.length > 0 ? rows : [{ ...emptyRow(day, null), cost: 0n }]
    }),
  )
}

const tokens = numeral.nullish()

const usage = z.object({
  data: z.array(
    z.object({
      starting_at: z.string(),
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
      const day = dayFrom(starting_at)
      const rows = results.map((result) => {
        const input = [
          result.uncached_input_tokens,
          result.cache_read_input_tokens,
          result.cache_creation?.ephemeral_5m_input_tokens,
          result.cache_creation?.ephemeral_1h_input_tokens,
        ]
        return {
          ...emptyRow(day, result.model ?? null),
          inputTokens: input.reduce((sum, part) => sum + countOf(part ?? '0'), 0),
          outputTokens: countOf(result.output_tokens ?? '0'),
        }
      })
      return rows.length > 0 ? rows : [{ ...emptyRow(day, null), inputTokens: 0, outputTokens: 0 }]
    }),
  )
}

function dayFrom(text: string): string {
  const day = dayOf(text)
  if (day === null) throw new ReportError(`"${text}" is no date and time`)
  return day
}
