import type { ProviderError, ProviderErrorKind } from '../core/provider-error.ts'

/** What is done about one kind of failure. */
export interface FailureRule {
  /** Whether the same model is asked again, and after what. */
  readonly again: 'never' | 'afterBackoff' | 'afterRetryAfter' | 'withAnotherKey'
  /** Which candidates may follow. */
  readonly next: 'any' | 'largerWindow' | 'ifRouteSays' | 'none'
  /** Whether it counts for the circuit of its key and model. */
  readonly countsForCircuit: boolean
  /** What becomes of the key: it stays in use, rests for a while, or is out until a probe succeeds. */
  readonly key: 'stays' | 'cools' | 'out'
}

const RULES = {
  RATE_LIMITED: { again: 'afterRetryAfter', next: 'any', countsForCircuit: false, key: 'cools' },
  OVERLOADED: { again: 'afterBackoff', next: 'any', countsForCircuit: true, key: 'stays' },
  SERVER_ERROR: { again: 'afterBackoff', next: 'any', countsForCircuit: true, key: 'stays' },
  NETWORK: { again: 'afterBackoff', next: 'any', countsForCircuit: true, key: 'stays' },
  FIRST_TOKEN_TIMEOUT: { again: 'never', next: 'any', countsForCircuit: true, key: 'stays' },
  IDLE_TIMEOUT: { again: 'never', next: 'any', countsForCircuit: true, key: 'stays' },
  TRUNCATED: { again: 'never', next: 'any', countsForCircuit: true, key: 'stays' },
  MALFORMED: { again: 'never', next: 'any', countsForCircuit: true, key: 'stays' },
  AUTHENTICATION: { again: 'withAnotherKey', next: 'any', countsForCircuit: false, key: 'out' },
  BILLING: { again: 'withAnotherKey', next: 'any', countsForCircuit: false, key: 'out' },
  NOT_FOUND: { again: 'never', next: 'any', countsForCircuit: false, key: 'stays' },
  INVALID_REQUEST: { again: 'never', next: 'none', countsForCircuit: false, key: 'stays' },
  CONTEXT_LENGTH: { again: 'never', next: 'largerWindow', countsForCircuit: false, key: 'stays' },
  CONTENT_REJECTED: { again: 'never', next: 'ifRouteSays', countsForCircuit: false, key: 'stays' },
} as const satisfies Record<ProviderErrorKind, FailureRule>

/**
 * The rule for one failure. Where there is no hope the same model is not asked again, and the key is not to blame for a
 * request that is larger than its limit. An error inside a 200 is a broken stream: whatever its kind, the same model is
 * not asked again, but for another key.
 */
export function ruleFor(error: ProviderError): FailureRule {
  const rule: FailureRule = RULES[error.kind]
  if (error.hopeless) return { ...rule, again: 'never', key: 'stays' }
  return error.httpStatus === 200 && rule.again === 'afterBackoff' ? { ...rule, again: 'never' } : rule
}
