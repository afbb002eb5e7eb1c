import OpenAI, { AzureOpenAI, type ClientOptions } from 'openai'
import type { Fetch } from '../../core/driver.ts'

/** The longest that a timer can wait; the pipeline's deadlines end requests long before. */
const NO_TIMEOUT_MS = 2_147_483_647

const OPENAI_URL = 'https://api.openai.com/v1'

/**
 * The SDK's client for one key. It reads nothing from the environment, retries nothing and logs nothing.
 * A base URL with an `api-version` is Azure's: the SDK then adds deployments to paths and sends the key as Azure takes it.
 */
export function openAiClient(baseUrl: string | null, secret: string | null, fetch: Fetch): OpenAI {
  const url = new URL(baseUrl ?? OPENAI_URL)
  const apiVersion = url.searchParams.get('api-version')
  const options = {
    apiKey: secret ?? 'none',
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: 'off',
    fetch,
    ...(secret === null ? { defaultHeaders: { authorization: null } } : {}),
  } satisfies ClientOptions
  if (apiVersion === null) return new OpenAI({ ...options, baseURL: withoutSlash(baseUrl ?? OPENAI_URL) })
  url.search = ''
  return new AzureOpenAI({ ...options, baseURL: withoutSlash(url.href), apiVersion })
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
