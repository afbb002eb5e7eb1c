import { afterAll } from 'vitest'
import { anthropicDriver } from '../../../src/drivers/anthropic/driver.ts'
import { providerFetch } from '../../../src/drivers/provider-fetch.ts'
import { driverContract } from '../contract.ts'
import type { ContractSubject, Sample } from '../contract-subject.ts'
import { providerAt } from '../provider-at.ts'
import { frame, frames } from './wire.ts'

const MODEL = 'claude-sonnet-4-5'

const USAGE = {
  input_tokens: 10,
  cache_read_input_tokens: 100,
  cache_creation_input_tokens: 30,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  output_tokens: 1,
}
const NORMALISED = {
  inputTokens: 140,
  cachedInputTokens: 100,
  cacheWriteTokens: 30,
  cacheWriteHourTokens: 20,
  outputTokens: 42,
  reasoningTokens: 0,
  estimated: false,
}
const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: MODEL, stop_sequence: null }
const START = { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null, usage: USAGE } }
const end = (stop_reason: string) => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 42 } },
  { type: 'message_stop' },
]
const whole = (content: readonly object[], stop_reason: string) =>
  JSON.stringify({ ...MESSAGE, content, stop_reason, usage: { ...USAGE, output_tokens: 42 } })

const textBlock = (...texts: readonly string[]) => [
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...texts.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
  { type: 'content_block_stop', index: 0 },
]
const toolBlock = (index: number, id: string, name: string, ...json: readonly string[]) => [
  { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name, input: {} } },
  ...json.map((partial_json) => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'input_json_delta', partial_json },
  })),
  { type: 'content_block_stop', index },
]

const TEXT: Sample = {
  frames: frames([START, { type: 'ping' }, ...textBlock('Grüße ', 'aus 東京 🗼'), ...end('end_turn')]),
  body: whole([{ type: 'text', text: 'Grüße aus 東京 🗼' }], 'end_turn'),
  text: 'Grüße aus 東京 🗼',
  tools: [],
  reason: 'STOP',
  usage: NORMALISED,
  model: MODEL,
}

const TOOLS: Sample = {
  frames: frames([
    START,
    ...toolBlock(0, 'toolu_1', 'weather', '', '{"city": "Kö', 'ln"}'),
    ...toolBlock(1, 'toolu_2', 'now', ''),
    ...end('tool_use'),
  ]),
  body: whole(
    [
      { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Köln' } },
      { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
    ],
    'tool_use',
  ),
  text: '',
  tools: [
    { id: 'toolu_1', name: 'weather', arguments: { city: 'Köln' } },
    { id: 'toolu_2', name: 'now', arguments: {} },
  ],
  reason: 'TOOL_CALLS',
  usage: NORMALISED,
  model: MODEL,
}

const failed = (type: string, message: string, details: object = {}) =>
  JSON.stringify({ type: 'error', error: { type, message, ...details }, request_id: 'req_1' })
const streamError = (type: string, message: string) => [
  ...frames([START, ...textBlock('Well')]),
  `event: error\ndata: ${failed(type, message)}\n\n`,
]

const SUBJECT: ContractSubject = {
  name: 'anthropic',
  makeDriver: (url, deps) => anthropicDriver(providerAt('anthropic', url), deps),
  model: MODEL,
  streamType: 'text/event-stream; charset=utf-8',
  text: TEXT,
  tools: TOOLS,
  limits: {
    headers: { 'anthropic-ratelimit-requests-remaining': '49', 'anthropic-ratelimit-tokens-remaining': '39000' },
    limits: { remainingRequests: 49, remainingTokens: 39_000 },
  },
  truncated: frames([START, ...textBlock('Half an ans')]),
  badArguments: frames([START, ...toolBlock(0, 'toolu_1', 'weather', '{"city": '), ...end('tool_use')]),
  streamErrors: [
    { frames: streamError('overloaded_error', 'Overloaded'), kind: 'OVERLOADED' },
    { frames: streamError('api_error', 'Internal server error'), kind: 'SERVER_ERROR' },
    { frames: streamError('rate_limit_error', 'Slow down'), kind: 'RATE_LIMITED' },
  ],
  errors: [
    {
      title: 'a bad key',
      status: 401,
      body: failed('authentication_error', 'invalid key SECRET'),
      kind: 'AUTHENTICATION',
    },
    { title: 'a forbidden model', status: 403, body: failed('permission_error', 'Not yours'), kind: 'AUTHENTICATION' },
    {
      title: 'an empty balance',
      status: 400,
      body: failed('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      kind: 'BILLING',
    },
    {
      title: 'a spend limit',
      status: 429,
      headers: { 'retry-after': '60' },
      body: failed('rate_limit_error', 'Enough', { details: { error_code: 'enforced_spend_limit_reached' } }),
      kind: 'BILLING',
    },
    {
      title: 'a long prompt',
      status: 400,
      body: failed('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
      kind: 'CONTEXT_LENGTH',
    },
    { title: 'a large body', status: 413, body: failed('request_too_large', 'Too large'), kind: 'CONTEXT_LENGTH' },
    { title: 'an unknown model', status: 404, body: failed('not_found_error', 'model: claude-9'), kind: 'NOT_FOUND' },
    {
      title: 'a wrong field',
      status: 400,
      body: failed('invalid_request_error', 'top_k: wrong'),
      kind: 'INVALID_REQUEST',
    },
    {
      title: 'filtered content',
      status: 400,
      body: failed('invalid_request_error', 'Output blocked by content filtering policy'),
      kind: 'CONTENT_REJECTED',
    },
    {
      title: 'a rate limit',
      status: 429,
      headers: { 'retry-after': '3' },
      body: failed(
        'rate_limit_error',
        'This request would exceed the rate limit for your organization of 50 requests per minute',
      ),
      kind: 'RATE_LIMITED',
      retryAfterMs: 3_000,
    },
    { title: 'overload', status: 529, body: failed('overloaded_error', 'Overloaded'), kind: 'OVERLOADED' },
    { title: 'a failure', status: 500, body: failed('api_error', 'Internal server error'), kind: 'SERVER_ERROR' },
    { title: "a proxy's failure", status: 502, body: '<html>Bad gateway</html>', kind: 'SERVER_ERROR' },
  ],
  endless: (index) =>
    index === 0
      ? frames([START, { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }]).join('') +
        frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'On ' } })
      : frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'and on '.repeat(50) } }),
}

driverContract(SUBJECT)

const own = providerFetch()
afterAll(() => own.close())

driverContract({
  ...SUBJECT,
  name: `${SUBJECT.name} over the fetch that the product uses`,
  makeDriver: (url, deps) => anthropicDriver(providerAt('anthropic', url), { ...deps, fetch: own.fetch }),
})
