import type { RefusalContext, RefusalName, Reply } from '../fault.ts'
import { badGatewayPage } from '../html-pages.ts'

interface Said {
  readonly status: number
  readonly type: string
  readonly message: string
  readonly headers?: Readonly<Record<string, string>>
}

const INVALID = 'invalid_request_error'

function limited(headers: Readonly<Record<string, string>>): Said {
  const message =
    "This request would exceed your organization's rate limit of 50 requests per minute. Please reduce the number of requests, or try again later."
  return { status: 429, type: 'rate_limit_error', message, headers: { 'x-should-retry': 'true', ...headers } }
}

/** A wait in `retry-after` and in the reset headers, as Anthropic sends both. */
function waiting(seconds: number, at: number): Record<string, string> {
  return {
    'retry-after': String(seconds),
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': new Date(at + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
  }
}

const REFUSE = {
  '400': () => ({
    status: 400,
    type: INVALID,
    message: "messages.0.content: this request asks for what can't be done",
  }),
  '401': () => ({ status: 401, type: 'authentication_error', message: 'invalid x-api-key' }),
  '402': () => ({
    status: 402,
    type: 'billing_error',
    message: "There's an issue with your billing or payment information.",
  }),
  '403': () => ({
    status: 403,
    type: 'permission_error',
    message: 'Your API key does not have permission to use the specified resource.',
  }),
  '404': ({ model }) => ({ status: 404, type: 'not_found_error', message: `model: ${model}` }),
  '408': () => ({ status: 408, type: 'timeout_error', message: 'Request timed out' }),
  '409': () => ({ status: 409, type: INVALID, message: 'Another request changed this resource meanwhile' }),
  '413': () => ({ status: 413, type: 'request_too_large', message: 'Request exceeds the maximum size' }),
  '422': () => ({ status: 422, type: INVALID, message: 'The request was well-formed but cannot be processed' }),
  '429': () => limited({}),
  '429-after': ({ amount, at }) => limited(waiting(amount ?? 1, at)),
  '429-after-ms': ({ amount }) => {
    const ms = amount ?? 200
    return limited({ 'retry-after-ms': String(ms), 'retry-after': String(Math.ceil(ms / 1000)) })
  },
  '429-date': ({ amount, at }) => limited({ 'retry-after': new Date(at + (amount ?? 2) * 1000).toUTCString() }),
  '429-long': ({ amount, at }) => limited(waiting(amount ?? 3600, at)),
  '429-too-large': () => ({
    status: 429,
    type: 'rate_limit_error',
    message: 'Extra usage is required for long context requests.',
    headers: { 'x-should-retry': 'false' },
  }),
  '500': () => ({
    status: 500,
    type: 'api_error',
    message: 'Internal server error',
    headers: { 'x-should-retry': 'true' },
  }),
  '502': () => ({ status: 502, type: 'api_error', message: 'Bad gateway' }),
  '503': () => ({ status: 503, type: 'api_error', message: 'Service temporarily unavailable' }),
  '504': () => ({ status: 504, type: 'timeout_error', message: 'Request timed out' }),
  '529': () => ({
    status: 529,
    type: 'overloaded_error',
    message: 'Overloaded',
    headers: { 'x-should-retry': 'true' },
  }),
  'bad-key': () => ({ status: 401, type: 'authentication_error', message: 'invalid x-api-key' }),
  blocked: () => ({ status: 400, type: INVALID, message: 'Output blocked by content filtering policy' }),
  context: () => ({ status: 400, type: INVALID, message: 'prompt is too long: 208310 tokens > 200000 maximum' }),
  'missing-key': () => ({ status: 401, type: 'authentication_error', message: 'x-api-key header is required' }),
  'no-credit': () => ({
    status: 400,
    type: INVALID,
    message:
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
  }),
  quota: ({ at }) => ({
    status: 400,
    type: INVALID,
    message: `You have reached your specified API usage limits. You will regain access on ${nextMonth(at)} at 00:00 UTC.`,
  }),
  unreadable: ({ detail }) => ({ status: 400, type: INVALID, message: detail ?? 'Invalid request' }),
} satisfies Record<RefusalName, (context: RefusalContext) => Said>

function nextMonth(at: number): string {
  const now = new Date(at)
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString().slice(0, 10)
}

/** Anthropic's errors (docs.claude.com/en/api/errors). */
export function refuseAsAnthropic(name: RefusalName, context: RefusalContext): Reply {
  if (name === '502') return badGatewayPage()
  const said: Said = REFUSE[name](context)
  const headers = { 'content-type': 'application/json', 'request-id': context.requestId, ...said.headers }
  const error = { type: 'error', error: { type: said.type, message: said.message }, request_id: context.requestId }
  return { status: said.status, headers, body: JSON.stringify(error) }
}
