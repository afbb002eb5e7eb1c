import { afterAll } from 'vitest'
import { googleDriver } from '../../../src/drivers/google/driver.ts'
import { providerFetch } from '../../../src/drivers/provider-fetch.ts'
import { driverContract } from '../contract.ts'
import type { ContractSubject, Sample } from '../contract-subject.ts'
import { providerAt } from '../provider-at.ts'

const MODEL = 'gemini-2.5-flash'

/** A chunk as the API streams it, with its own line ends. */
const frame = (chunk: object) => `data: ${JSON.stringify(chunk)}\r\n\r\n`

const chunk = (parts: readonly object[], finishReason?: string) => ({
  candidates: [
    { content: { role: 'model', parts }, index: 0, ...(finishReason === undefined ? {} : { finishReason }) },
  ],
  usageMetadata: {
    promptTokenCount: 100,
    cachedContentTokenCount: 60,
    toolUsePromptTokenCount: 11,
    ...(finishReason === undefined ? {} : { candidatesTokenCount: 20, thoughtsTokenCount: 22 }),
  },
  modelVersion: MODEL,
  responseId: 'response-1',
})
const NORMALISED = {
  inputTokens: 111,
  cachedInputTokens: 60,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  outputTokens: 42,
  reasoningTokens: 22,
  estimated: false,
}

const TEXT: Sample = {
  frames: [chunk([{ text: 'Grüße ' }]), chunk([{ text: 'aus 東京\u2028🗼' }]), chunk([{ text: '' }], 'STOP')].map(
    frame,
  ),
  body: JSON.stringify(chunk([{ text: 'Grüße aus 東京\u2028🗼' }], 'STOP')),
  text: 'Grüße aus 東京\u2028🗼',
  tools: [],
  reason: 'STOP',
  usage: NORMALISED,
  model: MODEL,
}

const CALLS = [
  { functionCall: { id: 'call-1', name: 'weather', args: { city: 'Köln' } } },
  { functionCall: { name: 'now' } },
]
const TOOLS: Sample = {
  frames: [chunk(CALLS.slice(0, 1)), chunk(CALLS.slice(1), 'STOP')].map(frame),
  body: JSON.stringify(chunk(CALLS, 'STOP')),
  text: '',
  tools: [
    { id: 'call-1', name: 'weather', arguments: { city: 'Köln' } },
    { id: 'gemini_call_1', name: 'now', arguments: {} },
  ],
  reason: 'TOOL_CALLS',
  usage: NORMALISED,
  model: MODEL,
}

const failed = (code: number, status: string, message: string, details: readonly object[] = []) =>
  JSON.stringify({ error: { code, message, status, details } })
const info = (reason: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason })
const retry = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay })
const quota = (quotaId: string, quotaValue: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId, quotaValue }],
})
const streamError = (code: number, status: string) => [
  frame(chunk([{ text: 'Well' }])),
  `data: ${failed(code, status, 'Something')}\r\n\r\n`,
]

const SUBJECT: ContractSubject = {
  name: 'google',
  makeDriver: (url, deps) => googleDriver(providerAt('google', url), deps),
  model: MODEL,
  streamType: 'text/event-stream',
  text: TEXT,
  tools: TOOLS,
  limits: { headers: { 'x-ratelimit-remaining-requests': '7' }, limits: { remainingRequests: 7 } },
  truncated: [frame(chunk([{ text: 'Half an ans' }]))],
  badArguments: [frame(chunk([{ text: 'Let me see' }])), frame(chunk([], 'MALFORMED_FUNCTION_CALL'))],
  streamErrors: [
    { frames: streamError(503, 'UNAVAILABLE'), kind: 'OVERLOADED' },
    { frames: streamError(500, 'INTERNAL'), kind: 'SERVER_ERROR' },
    { frames: streamError(429, 'RESOURCE_EXHAUSTED'), kind: 'RATE_LIMITED' },
  ],
  errors: [
    {
      title: 'a bad key',
      status: 400,
      body: failed(400, 'INVALID_ARGUMENT', 'API key not valid: SECRET', [info('API_KEY_INVALID')]),
      kind: 'AUTHENTICATION',
    },
    {
      title: 'a forbidden model',
      status: 403,
      body: failed(403, 'PERMISSION_DENIED', 'Not yours'),
      kind: 'AUTHENTICATION',
    },
    {
      title: 'a rate limit',
      status: 429,
      body: failed(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', [
        quota('GenerateRequestsPerMinutePerProjectPerModel', '10'),
        retry('34.074824224s'),
      ]),
      kind: 'RATE_LIMITED',
      retryAfterMs: 34_075,
    },
    {
      title: 'a quota of the day',
      status: 429,
      body: failed(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', [
        quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '250'),
        retry('9s'),
      ]),
      kind: 'BILLING',
    },
    {
      title: 'a model outside the plan',
      status: 429,
      body: failed(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for metric: requests, limit: 0, model: x'),
      kind: 'RATE_LIMITED',
      hopeless: true,
    },
    {
      title: 'a long prompt',
      status: 400,
      body: failed(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
      kind: 'CONTEXT_LENGTH',
    },
    {
      title: 'an unknown model',
      status: 404,
      body: failed(404, 'NOT_FOUND', 'models/x is not found'),
      kind: 'NOT_FOUND',
    },
    {
      title: 'a wrong field',
      status: 400,
      body: failed(400, 'INVALID_ARGUMENT', 'Unknown name'),
      kind: 'INVALID_REQUEST',
    },
    {
      title: 'overload',
      status: 503,
      body: failed(503, 'UNAVAILABLE', 'The model is overloaded.'),
      kind: 'OVERLOADED',
    },
    { title: 'a failure', status: 500, body: failed(500, 'INTERNAL', 'An internal error'), kind: 'SERVER_ERROR' },
    { title: 'an error in a list', status: 503, body: `[${failed(503, 'UNAVAILABLE', 'Busy')}]`, kind: 'OVERLOADED' },
    { title: "a proxy's failure", status: 502, body: '<html>Bad gateway</html>', kind: 'SERVER_ERROR' },
  ],
  endless: (index) => frame(chunk([{ text: index === 0 ? 'On ' : 'and on '.repeat(50) }])),
}

driverContract(SUBJECT)

const own = providerFetch()
afterAll(() => own.close())

driverContract({
  ...SUBJECT,
  name: `${SUBJECT.name} over the fetch that the product uses`,
  makeDriver: (url, deps) => googleDriver(providerAt('google', url), { ...deps, fetch: own.fetch }),
})
