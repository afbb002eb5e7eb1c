import type { JsonValue } from '../../core/json.ts'
import type { ProviderSettings } from '../../core/settings.ts'
import type { DriverDeps } from '../driver-factory.ts'
import { asNetworkError } from '../network-error.ts'
import { readList } from '../read-list.ts'
import { errorOf } from './errors.ts'

const BASE_URL = 'https://generativelanguage.googleapis.com'

/** Asks for a list of one model (ai.google.dev/api/models). The SDK has no such request. */
export async function reach(
  { baseUrl }: ProviderSettings,
  { fetch, clock }: DriverDeps,
  secret: string | null,
  signal: AbortSignal,
): Promise<void> {
  const url = `${(baseUrl ?? BASE_URL).replace(/\/+$/, '')}/v1beta/models?pageSize=1`
  const headers: Record<string, string> = secret === null ? {} : { 'x-goog-api-key': secret }
  const response = await fetch(url, { headers, signal }).catch((error: unknown) => {
    throw asNetworkError(error, signal)
  })
  if (response.ok) return readList(response, signal)
  const text = await response.text().catch(() => '')
  throw errorOf(jsonIn(text), response.status, response.headers, { secret, now: clock.now() })
}

function jsonIn(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
