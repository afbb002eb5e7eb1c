import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { ProviderSettings } from '../../../src/core/settings.ts'
import { providerFetch } from '../../../src/drivers/provider-fetch.ts'
import { fetchReports } from '../../../src/ledger/reconciliation/fetch-reports.ts'
import { readReport } from '../../../src/ledger/reconciliation/read-report.ts'
import { provider } from '../../catalog/settings.ts'

/** Providers' endpoints for reports, which answer in two pages where they have pages. */
let server: Server
let url: string
let asked: { url: URL; headers: IncomingMessage['headers'] }[] = []
const SECRET = 'sk-admin-not-a-real-key'
const from = Date.UTC(2025, 5, 3)
const to = Date.UTC(2025, 5, 5)
const { fetch, close } = providerFetch()

const bucket = (day: number, results: unknown[]) => ({
  ...{ start_time: from / 1000 + day * 86_400, starting_at: `2025-06-0${3 + day}T00:00:00Z`, results },
})
const RESULTS: Readonly<Record<string, readonly unknown[]>> = {
  '/v1/organization/costs': [{ amount: { value: 0.25, currency: 'usd' }, line_item: 'gpt-5, input' }],
  '/v1/organization/usage/completions': [{ model: 'gpt-5', input_tokens: 3, output_tokens: 2, num_model_requests: 1 }],
  '/v1/organization/usage/embeddings': [{ model: 'embed', input_tokens: 8, num_model_requests: 1 }],
  '/v1/organizations/cost_report': [{ amount: '12.5', currency: 'USD', model: 'claude' }],
  '/v1/organizations/usage_report/messages': [{ model: 'claude', uncached_input_tokens: 3, output_tokens: 2 }],
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const at = new URL(request.url ?? '', 'http://localhost')
    asked.push({ url: at, headers: request.headers })
    const page = at.searchParams.get('page')
    const key = request.headers['x-api-key'] ?? request.headers.authorization?.replace('Bearer ', '')
    response.setHeader('content-type', 'application/json')
    if (key !== SECRET) return response.writeHead(401).end(`{"error":"the key ${key} is wrong"}`)
    if (at.pathname === '/api/v1/activity') {
      const row = {
        date: at.searchParams.get('date'),
        model: 'a/b',
        usage: 1,
        requests: 1,
        prompt_tokens: 2,
        completion_tokens: 3,
      }
      return response.end(JSON.stringify({ data: [row] }))
    }
    const results = RESULTS[at.pathname] ?? []
    response.end(
      JSON.stringify({
        data: [bucket(page === null ? 0 : 1, [...results])],
        has_more: page === null,
        next_page: page === null ? 'p2' : null,
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await close()
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  asked = []
})

const of = (name: string, over: Partial<ProviderSettings>) =>
  ({ ...provider(name), adminKey: { name: 'ADMIN', secret: SECRET }, ...over }) satisfies ProviderSettings
const rowsOf = async (settings: ProviderSettings) =>
  (await fetchReports(fetch, settings, { from, to })).map(({ format, text }) => [
    format,
    readReport(format, text).map(({ day, model, cost, inputTokens }) => [day, model, cost, inputTokens]),
  ])

it('asks OpenAI for costs and usage, page after page', async () => {
  expect(await rowsOf(of('openai', { driver: 'openai', baseUrl: `${url}/v1` }))).toEqual([
    [
      'openai-costs',
      [
        ['2025-06-03', 'gpt-5', 250_000_000_000n, null],
        ['2025-06-04', 'gpt-5', 250_000_000_000n, null],
      ],
    ],
    [
      'openai-usage',
      [
        ['2025-06-03', 'gpt-5', null, 3],
        ['2025-06-04', 'gpt-5', null, 3],
        ['2025-06-03', 'embed', null, 8],
        ['2025-06-04', 'embed', null, 8],
      ],
    ],
  ])
  expect(asked).toHaveLength(6)
  expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({
    ...{
      start_time: '1748908800',
      end_time: '1749081600',
      bucket_width: '1d',
      'group_by[]': 'line_item',
      limit: '180',
    },
  })
  expect(asked[1]?.url.searchParams.get('page')).toBe('p2')
})

it('asks Anthropic for its cost and usage reports, with its own header', async () => {
  expect(await rowsOf(of('anthropic', { driver: 'anthropic', baseUrl: url }))).toEqual([
    [
      'anthropic-cost',
      [
        ['2025-06-03', 'claude', 125_000_000_000n, null],
        ['2025-06-04', 'claude', 125_000_000_000n, null],
      ],
    ],
    [
      'anthropic-usage',
      [
        ['2025-06-03', 'claude', null, 3],
        ['2025-06-04', 'claude', null, 3],
      ],
    ],
  ])
  expect(asked[0]?.headers).toMatchObject({ 'x-api-key': SECRET, 'anthropic-version': '2023-06-01' })
  expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({
    ...{ starting_at: '2025-06-03T00:00:00Z', ending_at: '2025-06-05T00:00:00Z', bucket_width: '1d' },
    ...{ 'group_by[]': 'description', limit: '31' },
  })
})

it('asks OpenRouter for its activity, day by day', async () => {
  const openRouter = of('openrouter', { driver: 'openai-compatible', baseUrl: `${url}/api/v1` })
  const dollar = 1_000_000_000_000n
  expect(await rowsOf(openRouter)).toEqual([
    [
      'openrouter-activity',
      [
        ['2025-06-03', 'a/b', dollar, 2],
        ['2025-06-04', 'a/b', dollar, 2],
      ],
    ],
  ])
})

it('says what is wrong, and never the key', async () => {
  const wrong = of('openai', {
    driver: 'openai',
    baseUrl: `${url}/v1`,
    adminKey: { name: 'ADMIN', secret: 'sk-other-secret' },
  })
  const said = fetchReports(fetch, wrong, { from, to })
  await expect(said).rejects.toThrow(
    '/v1/organization/costs answers with status 401: {"error":"the key [removed] is wrong"}',
  )
  const { adminKey: _, ...without } = wrong
  await expect(fetchReports(fetch, without, { from, to })).rejects.toThrow(
    'write "env:NAME" at providers.openai.adminKey',
  )
  const nowhere = of('openai', { driver: 'openai', baseUrl: 'http://127.0.0.1:1/v1' })
  await expect(fetchReports(fetch, nowhere, { from, to })).rejects.toThrow(
    '127.0.0.1:1/v1/organization/costs does not answer',
  )
  for (const settings of [
    of('groq', { driver: 'openai-compatible', baseUrl: 'https://api.groq.com/openai/v1' }),
    of('azure', { driver: 'openai', baseUrl: 'https://a.example/v1?api-version=1' }),
  ]) {
    await expect(fetchReports(fetch, settings, { from, to })).rejects.toThrow('can only be imported from a file')
  }
})
