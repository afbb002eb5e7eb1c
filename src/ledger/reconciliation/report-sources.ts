import type { ReportFormat } from '../../core/reconciliation.ts'

/** Where a provider's reports are. */
export interface ReportSource {
  headers(secret: string): Readonly<Record<string, string>>
  requests(range: { readonly from: number; readonly to: number }): readonly ReportRequest[]
}

interface ReportRequest {
  readonly format: ReportFormat
  readonly url: URL
}

const DAY_MS = 86_400_000

/** Costs come in pages of up to 180 days, usage of up to 31 (platform.openai.com/docs/api-reference/usage). */
export function openAiSource(baseUrl: string | null): ReportSource {
  const at = (path: string, { from, to }: { from: number; to: number }, query: Record<string, string>) =>
    urlOf(baseUrl ?? 'https://api.openai.com/v1', `/organization/${path}`, {
      start_time: String(from / 1000),
      end_time: String(to / 1000),
      bucket_width: '1d',
      ...query,
    })
  const usage = { 'group_by[]': 'model', limit: '31' }
  return {
    headers: (secret) => ({ authorization: `Bearer ${secret}` }),
    requests: (range) => [
      { format: 'openai-costs', url: at('costs', range, { 'group_by[]': 'line_item', limit: '180' }) },
      { format: 'openai-usage', url: at('usage/completions', range, usage) },
      { format: 'openai-usage', url: at('usage/embeddings', range, usage) },
    ],
  }
}

/** Both come in pages of up to 31 days (platform.claude.com/docs/en/build-with-claude/usage-cost-api). */
export function anthropicSource(baseUrl: string | null): ReportSource {
  const at = (path: string, { from, to }: { from: number; to: number }, group: string) =>
    urlOf(baseUrl ?? 'https://api.anthropic.com', `/v1/organizations/${path}`, {
      starting_at: secondOf(from),
      ending_at: secondOf(to),
      bucket_width: '1d',
      'group_by[]': group,
      limit: '31',
    })
  return {
    headers: (secret) => ({ 'x-api-key': secret, 'anthropic-version': '2023-06-01' }),
    requests: (range) => [
      { format: 'anthropic-cost', url: at('cost_report', range, 'description') },
      { format: 'anthropic-usage', url: at('usage_report/messages', range, 'model') },
    ],
  }
}

/**
 * One request a day: it filters by single days only, and knows the last thirty of them
 * (openrouter.ai/docs/api/api-reference/analytics/get-user-activity).
 */
export function openRouterSource(baseUrl: string): ReportSource {
  return {
    headers: (secret) => ({ authorization: `Bearer ${secret}` }),
    requests: ({ from, to }) =>
      Array.from({ length: Math.ceil((to - from) / DAY_MS) }, (_, day) => ({
        format: 'openrouter-activity',
        url: urlOf(baseUrl, '/activity', { date: new Date(from + day * DAY_MS).toISOString().slice(0, 10) }),
      })),
  }
}

function urlOf(base: string, path: string, query: Readonly<Record<string, string>>): URL {
  const url = new URL(`${base.replace(/\/+$/, '')}${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

/** RFC 3339, to the second. */
function secondOf(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z')
}
