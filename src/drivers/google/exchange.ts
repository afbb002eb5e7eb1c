import type { GenerativeModel } from '@google/generative-ai'
import type { Clock } from '../../core/clock.ts'
import type { DriverRequest, Fetch } from '../../core/driver.ts'
import type { JsonValue } from '../../core/json.ts'
import { ProviderError } from '../../core/provider-error.ts'
import { asNetworkError } from '../network-error.ts'
import { errorOf } from './errors.ts'
import { googleSdk } from './sdk.ts'

/** Stands where the SDK insists on a key; the header that it would be sent in is left out. */
const NO_KEY = 'none'

/** What every request has, whatever it asks. */
type Addressed = Pick<DriverRequest, 'model' | 'secret'>

/** A request as the SDK makes it. */
export interface SdkCall {
  make(model: GenerativeModel): Promise<unknown>
  /** What the SDK takes for an answer with nothing in it. */
  readonly nothing: string
}

export interface ExchangeDeps {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly baseUrl: string | null
  readonly signal: AbortSignal
}

/**
 * Sends a request through the SDK and takes the response from under its hands. The SDK makes the URL, the headers and the
 * body; what came back it would read by a pattern that one unusual line breaks, without back-pressure, into a second
 * promise that rejects beside the stream and ends the process, and it keeps neither headers nor an error's status.
 * So it is given an empty answer, and the driver reads the real one.
 * @throws ProviderError for every status that is no success
 */
export async function exchange(request: Addressed, call: SdkCall, deps: ExchangeDeps): Promise<Response> {
  const { clock, signal } = deps
  const got = Promise.withResolvers<Response>()
  got.promise.catch(() => undefined)
  const fetch: Fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    if (request.secret === null) headers.delete('x-goog-api-key')
    deps.fetch(input, { ...init, headers, signal }).then(got.resolve, got.reject)
    return new Response(call.nothing)
  }
  await call.make(modelOf(request, fetch, deps.baseUrl))
  try {
    const response = await got.promise
    if (response.ok) return response
    const text = await response.text()
    throw errorOf(jsonOrNull(text), response.status, response.headers, { secret: request.secret, now: clock.now() })
  } catch (error) {
    throw asNetworkError(error, signal)
  }
}

function modelOf(request: Addressed, fetch: Fetch, baseUrl: string | null): GenerativeModel {
  const { GoogleGenerativeAI } = googleSdk(fetch)
  const client = new GoogleGenerativeAI(request.secret ?? NO_KEY)
  const options = baseUrl === null ? {} : { baseUrl: baseUrl.replace(/\/+$/, '') }
  return client.getGenerativeModel({ model: modelPath(request.model) }, options)
}

/**
 * A model's name is part of the URL.
 * @throws ProviderError NOT_FOUND for one that would lead elsewhere
 */
function modelPath(model: string): string {
  const segments = model.split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw new ProviderError({ kind: 'NOT_FOUND', message: 'No model has this name.' })
  }
  return segments.map(encodeURIComponent).join('/')
}

function jsonOrNull(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
