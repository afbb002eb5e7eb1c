import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../../../src/core/json.ts'
import type { ProviderErrorKind } from '../../../src/core/provider-error.ts'
import { classifyError } from '../../../src/drivers/openai/classify-error.ts'

const classify = (status: number, body: JsonValue, headers: Record<string, string> = {}) =>
  classifyError({ status, body, headers: new Headers(headers), now: 0, secrets: [] })

const CASES: readonly (readonly [string, number, JsonValue, ProviderErrorKind])[] = [
  ['OpenAI, empty balance', 429, { error: { code: 'insufficient_quota', message: 'Quota' } }, 'BILLING'],
  [
    'OpenAI, too long',
    400,
    { error: { message: "This model's maximum context length is 8192 tokens." } },
    'CONTEXT_LENGTH',
  ],
  [
    'OpenAI, max_tokens too large',
    400,
    {
      error: {
        message: 'max_tokens is too large: 99999. This model supports at most 16384 completion tokens',
        param: 'max_tokens',
      },
    },
    'INVALID_REQUEST',
  ],
  [
    'Azure, filtered',
    400,
    { error: { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
    'CONTENT_REJECTED',
  ],
  ['Azure, no deployment', 404, { error: { code: 'DeploymentNotFound', message: 'No' } }, 'NOT_FOUND'],
  [
    'Groq, larger than the limit',
    413,
    { error: { code: 'rate_limit_exceeded', type: 'tokens', message: 'Limit 6000, Requested 7000' } },
    'RATE_LIMITED',
  ],
  ['Mistral, wrong key', 401, { detail: 'Unauthorized' }, 'AUTHENTICATION'],
  [
    'Mistral, wrong field',
    422,
    { object: 'error', message: { detail: [{ loc: ['body', 'seed'] }] }, type: 'invalid_request_error' },
    'INVALID_REQUEST',
  ],
  [
    'Mistral, overloaded',
    429,
    {
      object: 'error',
      message: 'Service tier capacity exceeded for this model.',
      code: 'service_tier_capacity_exceeded',
    },
    'OVERLOADED',
  ],
  [
    'xAI, wrong key',
    400,
    { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***23.' },
    'AUTHENTICATION',
  ],
  [
    'xAI, no model',
    404,
    { code: 'Some requested entity was not found', error: 'The model grok-9 does not exist' },
    'NOT_FOUND',
  ],
  [
    'OpenRouter, moderated',
    403,
    { error: { code: 403, message: 'Input flagged', metadata: { reasons: ['violence'] } } },
    'CONTENT_REJECTED',
  ],
  ['OpenRouter, no such model', 400, { error: { code: 400, message: 'foo/bar is not a valid model ID' } }, 'NOT_FOUND'],
  ['OpenRouter, empty balance', 402, { error: { code: 402, message: 'Insufficient credits' } }, 'BILLING'],
  [
    'DeepSeek, empty balance',
    402,
    { error: { message: 'Insufficient Balance', code: 'invalid_request_error' } },
    'BILLING',
  ],
  [
    'Google, a list',
    400,
    [{ error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } }],
    'AUTHENTICATION',
  ],
  ['Ollama, no model', 404, { error: "model 'foo' not found" }, 'NOT_FOUND'],
  [
    'llama.cpp, too long',
    400,
    {
      error: {
        code: 400,
        type: 'exceed_context_size_error',
        message: 'the request exceeds the available context size',
      },
    },
    'CONTEXT_LENGTH',
  ],
  ['a gateway, HTML', 502, '<html><head><title>502 Bad Gateway</title></head></html>', 'SERVER_ERROR'],
  ['nothing at all', 500, '', 'SERVER_ERROR'],
  ['an error inside a 200', 200, { error: { message: 'Internal error' } }, 'SERVER_ERROR'],
  ['a rate limit inside a 200', 200, { error: { code: 429, message: 'Slow' } }, 'RATE_LIMITED'],
]

describe('classifyError', () => {
  it.each(CASES)('%s', (_, status, body, kind) => {
    expect(classify(status, body).kind).toBe(kind)
  })

  it('keeps what was said, in words fit for people', () => {
    expect(classify(502, '<html><title>502 Bad Gateway</title></html>').message).toBe('502 Bad Gateway')
    expect(classify(500, '').message).toBe('The provider answered with status 500.')
    const raw = { error: { message: 'Provider returned error', metadata: { raw: 'try later' } } }
    expect(classify(429, raw).message).toBe('Provider returned error | try later')
  })

  it('names the field at fault in our terms', () => {
    const paths = (param: string) =>
      classify(400, { error: { message: 'No', param } }).issues.map(({ path }) => path.join('.'))
    expect(paths('max_completion_tokens')).toEqual(['maxOutputTokens'])
    expect(paths('tools[2].function.parameters')).toEqual(['tools.2.parameters'])
    expect(paths('response_format.json_schema.schema')).toEqual(['output.schema'])
    expect(paths('messages[3].content')).toEqual(['messages'])
    expect(paths('web_search_options')).toEqual([])
  })

  it('says that waiting is hopeless where the request is larger than the limit', () => {
    const limited = (message: string) => classify(429, { error: { code: 'rate_limit_exceeded', message } }).hopeless
    expect(limited('Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000, Requested 3000.')).toBe(false)
    expect(limited('Request too large on tokens per min (TPM): Limit 30,000, Requested 40,000.')).toBe(true)
  })
})
