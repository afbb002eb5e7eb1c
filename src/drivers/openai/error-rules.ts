import type { ProviderErrorKind } from '../../core/provider-error.ts'

/**
 * Codes and types by what they mean, in lower case. OpenAI's own stand first in each list; the others are what the
 * services that speak its API send (Azure, Groq, Mistral, DeepSeek, xAI, OpenRouter, Moonshot, Alibaba, vLLM).
 */
export const CODES: readonly (readonly [ProviderErrorKind, readonly string[]])[] = [
  [
    'BILLING',
    [
      'insufficient_quota',
      'billing_hard_limit_reached',
      'billing_not_active',
      'insufficient_balance',
      'insufficient_user_quota',
      'insufficient_credits',
      'insufficient_funds',
      'payment_required',
      'credits_exhausted',
      'exceeded_current_quota_error',
      'arrearage',
    ],
  ],
  [
    'CONTEXT_LENGTH',
    [
      'context_length_exceeded',
      'string_above_max_length',
      'context_window_exceeded',
      'model_max_prompt_tokens_exceeded',
      'exceed_context_size_error',
      'prompt_too_long',
    ],
  ],
  [
    'CONTENT_REJECTED',
    [
      'content_policy_violation',
      'content_filter',
      'responsibleaipolicyviolation',
      'invalid_prompt',
      'image_content_policy_violation',
      'moderation_blocked',
      'cyber_policy_violation',
      'content_filtered',
      'data_inspection_failed',
      'sensitive_words_detected',
    ],
  ],
  [
    'NOT_FOUND',
    [
      'model_not_found',
      'deploymentnotfound',
      'not_found_error',
      'model_decommissioned',
      'model_not_available',
      'model_not_supported',
      'unknown_model',
      'invalid_model',
      'model_not_exist',
    ],
  ],
  [
    'AUTHENTICATION',
    [
      'invalid_api_key',
      'invalid_authentication',
      'invalid_authentication_error',
      'incorrect_api_key_error',
      'authentication_error',
      'permission_error',
      'permission_denied',
      'account_deactivated',
      'access_terminated_error',
      'invalid_organization',
      'unauthorized',
    ],
  ],
  [
    'OVERLOADED',
    [
      'overloaded_error',
      'server_overloaded',
      'server_is_overloaded',
      'engine_overloaded',
      'engine_overloaded_error',
      'service_unavailable',
      'service_unavailable_error',
      'capacity_exceeded',
      'service_tier_capacity_exceeded',
      'over_capacity',
      'slow_down',
    ],
  ],
  [
    'RATE_LIMITED',
    [
      'rate_limit_exceeded',
      'rate_limit_error',
      'rate_limited',
      'rate_limit_reached_error',
      'too_many_requests',
      'requests',
      'tokens',
    ],
  ],
  [
    'SERVER_ERROR',
    ['server_error', 'internal_error', 'internal_server_error', 'upstream_error', 'timeout', 'request_timeout'],
  ],
  // Groq: the model wrote a call that doesn't fit the tools. The caller asked nothing wrong; the answer is no answer.
  ['MALFORMED', ['tool_use_failed', 'json_validate_failed', 'output_parse_failed']],
]

interface MessageRule {
  readonly kind: ProviderErrorKind
  /** The statuses under which the message says more than they do; 200 stands for an error inside a stream. */
  readonly statuses: readonly number[]
  readonly message: RegExp
}

const CLIENT = [200, 400, 403, 404, 413, 422, 429]

/** What messages say where no code does. The first that fits counts. */
export const MESSAGES: readonly MessageRule[] = [
  {
    kind: 'CONTEXT_LENGTH',
    statuses: [200, 400, 413, 422, 500],
    message:
      /maximum context length|context (length|window|size)|(prompt|input|conversation|request) is too (long|large) for (this|the) model|prompt is too long|too many (input |prompt )?tokens|reduce the length|(prompt|input)\b.{0,60}\b(exceeds?|longer than)\b.{0,60}\btokens?\b/i,
  },
  {
    kind: 'CONTENT_REJECTED',
    statuses: [200, 400, 403, 422, 451],
    message:
      /content (management )?policy|content filter|safety system|usage polic(y|ies)|\bflagged\b|responsible ai|moderation/i,
  },
  {
    kind: 'BILLING',
    statuses: [...CLIENT, 401],
    message:
      /insufficient (account )?(balance|credits?|funds|quota)|(out of|not enough|no|run out of|used all available) credits?|credit balance|(monthly )?(spend|spending|billing) (hard )?limit|add (more )?(credits|funds)|payment required/i,
  },
  {
    kind: 'AUTHENTICATION',
    statuses: [200, 400, 404, 422],
    message:
      /(incorrect|invalid|missing|no|expired|unknown)( or (invalid|missing|expired))? (api|access|auth|authentication|authorization)[ -]?(key|token|credentials?)|api key not valid|unauthori[sz]ed|not authenticated/i,
  },
  {
    kind: 'NOT_FOUND',
    statuses: [200, 400, 403, 422],
    message:
      /model\b.{0,100}\b(does not exist|not exist|not found|decommissioned|deprecated and)|not a valid model|unknown model|no such model|model not (exist|found)/i,
  },
  {
    kind: 'OVERLOADED',
    statuses: [...CLIENT, 500, 502, 503, 504],
    message:
      /overloaded|over capacity|at capacity|no (available )?capacity|temporarily unavailable|server is busy|too busy/i,
  },
  { kind: 'RATE_LIMITED', statuses: [200, 400, 403, 413], message: /rate[ -]?limit|too many requests/i },
]

/** OpenAI and Groq: `... tokens per min (TPM): Limit 30000, Requested 40000`. */
const LIMIT_AND_REQUESTED = /\blimit:?\s*([\d,]+)\b.{0,60}?\brequested:?\s*([\d,]+)/is

/** Whether a message about a rate limit says that the request is larger than the limit itself, so that no waiting helps. */
export function isLargerThanLimit(message: string): boolean {
  const match = LIMIT_AND_REQUESTED.exec(message)
  if (match === null) return /request too large/i.test(message)
  const [limit = 0, requested = 0] = match.slice(1).map((digits) => Number(digits.replaceAll(',', '')))
  return requested > limit
}
