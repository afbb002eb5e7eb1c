import type { Clock } from '../core/clock.ts'
import type { Fetch } from '../core/driver.ts'
import type { WebhookSettings } from '../core/settings.ts'
import type { Delivery } from './deliveries.ts'
import { signedHeaders } from './signature.ts'

export interface SendParts {
  readonly fetch: Fetch
  readonly clock: Clock
}

/** What a webhook made of a message. */
export type Answer =
  | { readonly type: 'taken' }
  /** 410: it wants no more of them. */
  | { readonly type: 'gone'; readonly error: string }
  | { readonly type: 'failed'; readonly error: string }

const TIMEOUT_MS = 15_000
/** In bytes. */
const LONGEST_ANSWER = 65_536

/** Sends a message once. Anything but a 2xx within 15 seconds is a failure, a redirect too. */
export async function send(
  { fetch, clock }: SendParts,
  { url, secret }: WebhookSettings,
  { id, body }: Delivery,
): Promise<Answer> {
  const controller = new AbortController()
  const cancel = clock.after(TIMEOUT_MS, () => controller.abort())
  const timestamp = Math.floor(clock.now() / 1000)
  try {
    const headers = signedHeaders(secret, { id, timestamp, body })
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: controller.signal })
    await letGo(response, controller)
    if (response.status >= 200 && response.status < 300) return { type: 'taken' }
    return { type: response.status === 410 ? 'gone' : 'failed', error: `It answered ${response.status}` }
  } catch (error) {
    return { type: 'failed', error: controller.signal.aborted ? `No answer in ${TIMEOUT_MS} ms` : reasonOf(error) }
  } finally {
    cancel()
  }
}

/** What it says is of no interest; it is read, so that its connection is free, but not without end. */
async function letGo({ body }: Response, controller: AbortController): Promise<void> {
  if (!body) return
  const reader = body.getReader()
  let size = 0
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.length
      if (size > LONGEST_ANSWER) controller.abort()
    }
  } catch {
    // Its status is what counts.
  }
}

/** The code of what went wrong; messages may hold the URL. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'It could not be reached'
  const { cause } = error
  const from = cause instanceof Error ? cause : error
  return 'code' in from && typeof from.code === 'string'
    ? `It could not be reached: ${from.code}`
    : 'It could not be reached'
}
