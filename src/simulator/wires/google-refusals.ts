import type { RefusalContext, RefusalName, Reply } from '../fault.ts'
import { badGatewayPage } from '../html-pages.ts'

interface Said {
  readonly code: number
  /** The canonical code's name (google.rpc.Code). */
  readonly status: string
  readonly message: string
  readonly details?: readonly object[]
  readonly headers?: Readonly<Record<string, string>>
}

const OVER_QUOTA = 'You exceeded your current quota, please check your plan and billing details.'

/** google.rpc.QuotaFailure, as Gemini fills it in. */
function quotaFailure(model: string, period: 'Minute' | 'Day'): object {
  const violation = {
    quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
    quotaId: `GenerateRequestsPer${period}PerProjectPerModel-FreeTier`,
    quotaDimensions: { location: 'global', model },
    quotaValue: period === 'Day' ? '250' : '10',
  }
  return { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [violation] }
}

function retryInfo(seconds: number): object {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }
}

function limited(model: string, seconds: number | null): Said {
  const wait = seconds === null ? [] : [retryInfo(seconds)]
  const hint = seconds === null ? '' : `\nPlease retry in ${seconds}s.`
  const details = [quotaFailure(model, 'Minute'), ...wait]
  return { code: 429, status: 'RESOURCE_EXHAUSTED', message: `${OVER_QUOTA}${hint}`, details }
}

function wrongKey(): Said {
  const reason = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: 'API_KEY_INVALID',
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  }
  const message = 'API key not valid. Please pass a valid API key.'
  return { code: 400, status: 'INVALID_ARGUMENT', message, details: [reason] }
}

const REFUSE = {
  '400': () => ({ code: 400, status: 'INVALID_ARGUMENT', message: 'Request contains an invalid argument.' }),
  '401': () => ({
    code: 401,
    status: 'UNAUTHENTICATED',
    message:
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  }),
  '402': () => ({ code: 402, status: 'FAILED_PRECONDITION', message: 'Please enable billing on your project.' }),
  '403': () => ({ code: 403, status: 'PERMISSION_DENIED', message: 'The caller does not have permission' }),
  '404': ({ model }) => ({
    code: 404,
    status: 'NOT_FOUND',
    message: `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
  }),
  '408': () => ({ code: 408, status: 'DEADLINE_EXCEEDED', message: 'Request timed out.' }),
  '409': () => ({ code: 409, status: 'ABORTED', message: 'The operation was aborted.' }),
  '413': () => ({
    code: 413,
    status: 'INVALID_ARGUMENT',
    message: 'Request payload size exceeds the limit: 20971520 bytes.',
  }),
  '422': () => ({
    code: 422,
    status: 'INVALID_ARGUMENT',
    message: 'The request was well-formed but cannot be processed.',
  }),
  '429': ({ model }) => limited(model, null),
  '429-after': ({ model, amount }) => limited(model, amount ?? 1),
  '429-after-ms': ({ model, amount }) => limited(model, (amount ?? 200) / 1000),
  '429-date': ({ model, amount, at }) => ({
    ...limited(model, null),
    headers: { 'retry-after': new Date(at + (amount ?? 2) * 1000).toUTCString() },
  }),
  '429-long': ({ model, amount }) => limited(model, amount ?? 3600),
  '429-too-large': () => ({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'The request needs more input tokens (48211) than the quota allows at all (30000 per minute).',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateContentInputTokensPerModelPerMinute', quotaValue: '0' }],
      },
    ],
  }),
  '500': () => ({ code: 500, status: 'INTERNAL', message: 'An internal error has occurred. Please retry.' }),
  '502': () => ({ code: 502, status: 'UNAVAILABLE', message: 'Bad gateway' }),
  '503': () => ({ code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' }),
  '504': () => ({
    code: 504,
    status: 'DEADLINE_EXCEEDED',
    message: 'Deadline expired before operation could complete.',
  }),
  '529': () => ({ code: 529, status: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' }),
  'bad-key': () => wrongKey(),
  blocked: () => ({ code: 200, status: 'OK', message: '' }),
  context: () => ({
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  }),
  'missing-key': () => ({
    code: 403,
    status: 'PERMISSION_DENIED',
    message:
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  }),
  'no-credit': () => ({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'Your prepayment credits are depleted. Please manage your project and billing to continue.',
  }),
  quota: ({ model }) => ({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: OVER_QUOTA,
    details: [quotaFailure(model, 'Day'), retryInfo(37)],
  }),
  unreadable: ({ detail }) => ({ code: 400, status: 'INVALID_ARGUMENT', message: detail ?? 'Invalid request' }),
} satisfies Record<RefusalName, (context: RefusalContext) => Said>

/** Gemini's errors (ai.google.dev/gemini-api/docs/troubleshooting). */
export function refuseAsGoogle(name: RefusalName, context: RefusalContext): Reply {
  if (name === '502') return badGatewayPage()
  if (name === 'blocked') return blockedPrompt(context)
  const { code, status, message, details, headers }: Said = REFUSE[name](context)
  const error = { code, message, status, ...(details && { details }) }
  return {
    status: code,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
    body: JSON.stringify({ error }, null, 2),
  }
}

/** A prompt that Gemini won't answer is a success without candidates. */
function blockedPrompt({ model, requestId, streaming }: RefusalContext): Reply {
  const blocked = {
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: {
      promptTokenCount: 8,
      totalTokenCount: 8,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 8 }],
    },
    modelVersion: model.split('+')[0],
    responseId: requestId,
  }
  if (!streaming) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      body: JSON.stringify(blocked, null, 2),
    }
  }
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: `data: ${JSON.stringify(blocked)}\r\n\r\n`,
  }
}
