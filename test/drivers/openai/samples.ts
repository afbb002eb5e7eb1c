import type { ErrorSample } from '../contract-subject.ts'

export const TEXT = 'Grüße, 世界!'

export const LIMITS = {
  headers: {
    'x-ratelimit-remaining-requests': '59',
    'x-ratelimit-remaining-tokens': '149984',
    'x-ratelimit-reset-requests': '1s',
    'x-ratelimit-reset-tokens': '6m0s',
  },
  limits: { remainingRequests: 59, remainingTokens: 149_984, requestsResetMs: 1_000, tokensResetMs: 360_000 },
}

export const USAGE = {
  inputTokens: 20,
  cachedInputTokens: 8,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  outputTokens: 12,
  reasoningTokens: 5,
  estimated: false,
}

export const TOOLS = [
  { id: 'call_a', name: 'get_weather', arguments: { city: 'Zürich' } },
  { id: 'call_b', name: 'get_time', arguments: {} },
]

/** The statuses of the table in the design, as OpenAI words them. */
export const ERRORS: readonly ErrorSample[] = [
  ...(
    [
      [500, 'SERVER_ERROR'],
      [502, 'SERVER_ERROR'],
      [408, 'SERVER_ERROR'],
      [409, 'SERVER_ERROR'],
      [503, 'OVERLOADED'],
      [529, 'OVERLOADED'],
      [402, 'BILLING'],
      [401, 'AUTHENTICATION'],
      [403, 'AUTHENTICATION'],
      [404, 'NOT_FOUND'],
      [413, 'CONTEXT_LENGTH'],
      [400, 'INVALID_REQUEST'],
      [422, 'INVALID_REQUEST'],
    ] as const
  ).map(([status, kind]) => ({
    title: `a bare ${status}`,
    status,
    kind,
    body: '{"error":{"message":"It did not work"}}',
  })),
  error(401, 'a wrong key', 'AUTHENTICATION', {
    message: 'Incorrect API key provided: SECRET.',
    code: 'invalid_api_key',
  }),
  error(429, 'an empty balance', 'BILLING', { message: 'You exceeded your current quota', code: 'insufficient_quota' }),
  error(400, 'too long a context', 'CONTEXT_LENGTH', { message: 'Too long', code: 'context_length_exceeded' }),
  error(400, 'a refused prompt', 'CONTENT_REJECTED', { message: 'Filtered', code: 'content_filter' }),
  error(404, 'an unknown model', 'NOT_FOUND', { message: 'The model `x` does not exist', code: 'model_not_found' }),
  {
    ...error(429, 'a rate limit', 'RATE_LIMITED', { message: 'Rate limit reached', code: 'rate_limit_exceeded' }),
    headers: { 'retry-after-ms': '1500', 'retry-after': '2' },
    retryAfterMs: 1_500,
  },
  {
    ...error(429, 'a rate limit with resets alone', 'RATE_LIMITED', { message: 'Slow', type: 'tokens' }),
    headers: { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2.5s' },
    retryAfterMs: 2_500,
  },
  {
    ...error(429, 'a request above the limit', 'RATE_LIMITED', {
      message: 'Request too large for gpt-x on tokens per min (TPM): Limit 30000, Requested 40,001.',
      code: 'rate_limit_exceeded',
    }),
    hopeless: true,
  },
]

function error(status: number, title: string, kind: ErrorSample['kind'], said: Record<string, string>): ErrorSample {
  return { title, status, kind, body: JSON.stringify({ error: said }) }
}
