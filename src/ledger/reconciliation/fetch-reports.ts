import type { Fetch } from '../../core/driver.ts'
import type { ReportFormat } from '../../core/reconciliation.ts'
import type { ProviderSettings } from '../../core/settings.ts'
import { pageSchema, readAs } from './pages.ts'
import { ReportError } from './report-error.ts'
import { anthropicSource, openAiSource, openRouterSource, type ReportSource } from './report-sources.ts'

/** One report, in all its pages. */
export interface FetchedReport {
  readonly format: ReportFormat
  /** A JSON list of the pages, as the provider wrote them. */
  readonly text: string
}

/** Days in UTC: from, inclusive, to, exclusive, in milliseconds since 1970. */
export interface ReportRange {
  readonly from: number
  readonly to: number
}

/** No report has so many pages; a provider that goes on for ever is not believed. */
const MOST_PAGES = 1_000
const PAGE_TIMEOUT_MS = 60_000
const MOST_SAID = 300

/**
 * Asks a provider for its own reports of a range of days, with the admin key that is configured for it.
 * @throws ReportError where none is configured, or the provider refuses
 */
export async function fetchReports(
  fetch: Fetch,
  provider: ProviderSettings,
  range: ReportRange,
): Promise<readonly FetchedReport[]> {
  const source = sourceOf(provider)
  if (source === null) throw new ReportError(`Reports of "${provider.name}" can only be imported from a file`)
  const { adminKey } = provider
  if (!adminKey) {
    const place = `providers.${provider.name}.adminKey`
    throw new ReportError(`There is no admin key: write "env:NAME" at ${place} and set that variable`)
  }
  const texts = new Map<ReportFormat, string[]>()
  for (const { format, url } of source.requests(range)) {
    const pages = await pagesFrom(fetch, url, source.headers(adminKey.secret), adminKey.secret)
    texts.set(format, [...(texts.get(format) ?? []), ...pages])
  }
  return [...texts].map(([format, pages]) => ({ format, text: `[${pages.join(',')}]` }))
}

function sourceOf(provider: ProviderSettings): ReportSource | null {
  const { driver, baseUrl, name } = provider
  // Azure's deployments, whose URL has a version in its query, are on Microsoft's bill.
  if (baseUrl?.includes('?')) return null
  if (driver === 'openai') return openAiSource(baseUrl)
  if (driver === 'anthropic') return anthropicSource(baseUrl)
  const isOpenRouter =
    name === 'openrouter' || (baseUrl !== null && new URL(baseUrl).hostname.endsWith('openrouter.ai'))
  return isOpenRouter && baseUrl !== null ? openRouterSource(baseUrl) : null
}

async function pagesFrom(
  fetch: Fetch,
  url: URL,
  headers: Readonly<Record<string, string>>,
  secret: string,
): Promise<string[]> {
  const pages: string[] = []
  const next = new URL(url)
  while (pages.length < MOST_PAGES) {
    const text = await pageAt(fetch, next, headers, secret)
    pages.push(text)
    const { has_more, next_page } = readAs(pageSchema, jsonOf(text, url), 'a page of a report')
    if (!has_more || !next_page) return pages
    next.searchParams.set('page', next_page)
  }
  throw new ReportError(`${url.host}${url.pathname} has more than ${MOST_PAGES} pages`)
}

async function pageAt(
  fetch: Fetch,
  url: URL,
  headers: Readonly<Record<string, string>>,
  secret: string,
): Promise<string> {
  const place = `${url.host}${url.pathname}`
  const signal = AbortSignal.timeout(PAGE_TIMEOUT_MS)
  const response = await fetch(url.href, { headers, signal, redirect: 'error' }).catch((error: unknown) => {
    throw new ReportError(`${place} does not answer: ${error instanceof Error ? error.message : String(error)}`)
  })
  const text = await response.text()
  if (response.ok) return text
  const said = text.replaceAll(secret, '[removed]').slice(0, MOST_SAID)
  throw new ReportError(`${place} answers with status ${response.status}: ${said}`)
}

function jsonOf(text: string, url: URL): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ReportError(`${url.host}${url.pathname} does not answer with JSON`)
  }
}
