import type { RefusalContext, RefusalName, Reply } from '../fault.ts'
import { badGatewayPage } from '../html-pages.ts'
import type { HeaderContext } from '../wire.ts'

/** The key of an `Authorization: Bearer` header; null where there is none. */
export function bearerKey(headers: Readonly<Record<string, string>>): string | null {
  const key = /^Bearer\s+(?<key>\S+)$/i.exec(headers.authorization ?? '')?.groups?.key
  return key ?? headers['api-key'] ?? null
}

/** The headers that OpenAI sends with a success (platform.openai.com/docs/guides/rate-limits). */
export function openAiHeaders({ requestId, inputTokens }: HeaderContext): Record<string, string> {
  return {
    'openai-organization': 'simulated',
    'openai-processing-ms': '20',
    'openai-version': '2020-10-01',
    'x-request-id': requestId,
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-limit-tokens': '2000000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-remaining-tokens': String(Math.max(2_000_000 - inputTokens, 0)),
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-reset-tokens': '12ms',
  }
}

interface Said {
  readonly status: number
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly param?: string
  readonly headers?: Readonly<Record<string, string>>
}

const INVALID = 'invalid_request_error'
const ORGANISATION = 'organization org-simulated'

/** The limit headers of an account that has used up its requests for so many seconds. */
function exhausted(seconds: number): Record<string, string> {
  return {
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-limit-tokens': '200000',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-remaining-tokens': '199000',
    'x-ratelimit-reset-requests': `${seconds}s`,
    'x-ratelimit-reset-tokens': '300ms',
  }
}

function limited(model: string, hint: string, headers: Readonly<Record<string, string>>): Said {
  const message = `Rate limit reached for ${model} in ${ORGANISATION} on requests per min (RPM): Limit 500, Used 500, Requested 1.${hint}`
  return { status: 429, type: 'requests', code: 'rate_limit_exceeded', message, headers }
}

export const LIMITED = 'Rate limit reached on requests per min (RPM): Limit 500, Used 500, Requested 1.'
export const OVERLOADED = 'The engine is currently overloaded, please try again later'
export const CRASHED = 'The server had an error while processing your request. Sorry about that!'
const CONTEXT_IN_MESSAGES =
  "This model's maximum context length is 128000 tokens. However, your messages resulted in 128001 tokens. Please reduce the length of the messages."
const CONTEXT_IN_INPUT = 'Your input exceeds the context window of this model. Please adjust your input and try again.'

type Refuse = (context: RefusalContext, param: 'messages' | 'input') => Said

const REFUSE = {
  '400': (_, param) => ({
    status: 400,
    type: INVALID,
    param,
    code: 'invalid_value',
    message: `Invalid value in '${param}': this request asks for what can't be done.`,
  }),
  '401': (context) => wrongKey(context),
  '402': () => ({ status: 402, type: 'billing_error', code: 'insufficient_balance', message: 'Insufficient Balance' }),
  '403': () => ({
    status: 403,
    type: 'request_forbidden',
    code: 'unsupported_country_region_territory',
    message: 'Country, region, or territory not supported',
  }),
  '404': ({ model }) => ({
    status: 404,
    type: INVALID,
    code: 'model_not_found',
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
  }),
  '408': () => ({ status: 408, type: 'server_error', code: 'request_timeout', message: 'Request timed out.' }),
  '409': () => ({ status: 409, type: 'conflict_error', message: 'Another request changed this resource meanwhile.' }),
  '413': () => ({
    status: 413,
    type: INVALID,
    code: 'request_too_large',
    message: 'Maximum content size limit exceeded.',
  }),
  '422': (_, param) => ({
    status: 422,
    type: INVALID,
    param,
    message: 'The request was well-formed but cannot be processed.',
  }),
  '429': ({ model }) => limited(model, '', {}),
  '429-after': ({ model, amount }) => {
    const seconds = amount ?? 1
    return limited(model, ` Please try again in ${seconds}s.`, {
      'retry-after': String(seconds),
      ...exhausted(seconds),
    })
  },
  '429-after-ms': ({ model, amount }) => {
    const ms = amount ?? 200
    const headers = {
      'retry-after-ms': String(ms),
      'retry-after': String(Math.ceil(ms / 1000)),
      ...exhausted(ms / 1000),
    }
    return limited(model, ` Please try again in ${ms}ms.`, headers)
  },
  '429-date': ({ model, amount, at }) =>
    limited(model, '', { 'retry-after': new Date(at + (amount ?? 2) * 1000).toUTCString() }),
  '429-long': ({ model, amount }) => {
    const seconds = amount ?? 3600
    return limited(model, ` Please try again in ${seconds}s.`, {
      'retry-after': String(seconds),
      ...exhausted(seconds),
    })
  },
  '429-too-large': ({ model }) => ({
    status: 429,
    type: 'tokens',
    code: 'rate_limit_exceeded',
    message: `Request too large for ${model} in ${ORGANISATION} on tokens per min (TPM): Limit 30000, Requested 48211. The input or output tokens must be reduced in order to run successfully.`,
    headers: {
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-tokens': '30000',
      'x-ratelimit-reset-tokens': '0s',
    },
  }),
  '500': () => ({ status: 500, type: 'server_error', message: CRASHED }),
  '502': () => ({ status: 502, type: 'server_error', message: 'Bad gateway' }),
  '503': () => ({ status: 503, type: 'server_error', code: 'server_overloaded', message: OVERLOADED }),
  '504': () => ({ status: 504, type: 'server_error', message: 'Gateway timeout' }),
  '529': () => ({ status: 529, type: 'server_error', code: 'server_overloaded', message: OVERLOADED }),
  'bad-key': (context) => wrongKey(context),
  blocked: (_, param) =>
    param === 'input'
      ? {
          status: 400,
          type: INVALID,
          code: 'invalid_prompt',
          message:
            'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.',
        }
      : {
          status: 400,
          type: INVALID,
          param: 'prompt',
          code: 'content_filter',
          message:
            'The response was filtered due to the prompt triggering the content management policy. Please modify your prompt and retry.',
        },
  context: (_, param) => ({
    status: 400,
    type: INVALID,
    param,
    code: 'context_length_exceeded',
    message: param === 'input' ? CONTEXT_IN_INPUT : CONTEXT_IN_MESSAGES,
  }),
  'missing-key': () => ({
    status: 401,
    type: INVALID,
    message: "You didn't provide an API key. Provide your API key in an Authorization header using Bearer auth.",
  }),
  'no-credit': () => spent(),
  quota: () => spent(),
  unreadable: ({ detail }) => ({
    status: 400,
    type: INVALID,
    code: 'invalid_value',
    message: detail ?? 'Invalid request',
  }),
} satisfies Record<RefusalName, Refuse>

function wrongKey({ maskedKey }: RefusalContext): Said {
  const message = `Incorrect API key provided: ${maskedKey}. You can find your API key in your account's settings.`
  return { status: 401, type: INVALID, code: 'invalid_api_key', message }
}

function spent(): Said {
  const message = 'You exceeded your current quota, please check your plan and billing details.'
  return { status: 429, type: 'insufficient_quota', code: 'insufficient_quota', message }
}

/**
 * OpenAI's errors (platform.openai.com/docs/guides/error-codes).
 * @param param the field that holds the conversation
 */
export function refuseAsOpenAi(param: 'messages' | 'input'): (name: RefusalName, context: RefusalContext) => Reply {
  return (name, context) => {
    if (name === '502') return badGatewayPage()
    const said: Said = REFUSE[name](context, param)
    const error = { message: said.message, type: said.type, param: said.param ?? null, code: said.code ?? null }
    const headers = { 'content-type': 'application/json', 'x-request-id': context.requestId, ...said.headers }
    return { status: said.status, headers, body: JSON.stringify({ error }, null, 2) }
  }
}
