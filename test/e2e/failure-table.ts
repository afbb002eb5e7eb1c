import type { ProviderErrorKind } from '../../src/core/provider-error.ts'
import type { ProviderName } from './settings.ts'

/** What follows a failure of the first of two candidates, in the design's words and not in the code's. */
export interface Row {
  /** What the simulator does, as behaviours of a model. */
  readonly faults: readonly string[]
  /** How often the first candidate is asked. */
  readonly requests: 1 | 2
  /** What is waited for before the next request: nothing, or a backoff. */
  readonly wait: 'none' | 'backoff'
  /** The second candidate answers, or the call ends in this error. */
  readonly leadsTo: 'next' | 'InvalidRequestError' | 'ContextLengthError' | 'ContentRejectedError'
  /** Where a provider's own words for it are of another kind, which has the same consequences. */
  readonly as?: Readonly<Partial<Record<ProviderName, ProviderErrorKind>>>
  /** What half of an answer in one piece is, where it is another kind. */
  readonly inOnePiece?: ProviderErrorKind
  /** Where it can't happen, and why. */
  readonly never?: Readonly<Partial<Record<ProviderName, string>>>
}

/** It can't happen at all, and why. */
export interface Impossible {
  readonly impossible: string
}

type Cell = readonly Row[] | Impossible

const again = (...faults: string[]): Row => ({ faults, requests: 2, wait: 'backoff', leadsTo: 'next' })
const onward = (...faults: string[]): Row => ({ faults, requests: 1, wait: 'none', leadsTo: 'next' })
const crowded = (...faults: string[]): Row => ({ ...onward(...faults), wait: 'backoff' })
const final = (leadsTo: Row['leadsTo'], ...faults: string[]): Row => ({ ...onward(...faults), leadsTo })

const BY_STATUS = 'A provider checks this before it answers, and says it with a status.'

/** The design's table "When a provider misbehaves", by kind, before the first output and after. Two candidates, one key each. */
export const FAILURES = {
  RATE_LIMITED: {
    before: [crowded('+429', '+429-long', '+429-after=30', '+error-429=0'), onward('+429-too-large')],
    after: [crowded('+error-429')],
  },
  OVERLOADED: {
    before: [{ ...again('+503'), as: { anthropic: 'SERVER_ERROR' } }, again('+529'), onward('+error-503=0')],
    after: [onward('+error-503')],
  },
  SERVER_ERROR: {
    before: [again('+500', '+502', '+504', '+408', '+409'), onward('+error-500=0')],
    after: [onward('+error-500'), { ...onward('+failed'), as: { anthropic: 'OVERLOADED', google: 'OVERLOADED' } }],
  },
  NETWORK: {
    before: [again('+hangup')],
    after: { impossible: 'A connection that breaks after output is a cut stream: TRUNCATED.' },
  },
  FIRST_TOKEN_TIMEOUT: {
    before: [onward('+silent', '+stall=0')],
    after: { impossible: 'The first token is there.' },
  },
  IDLE_TIMEOUT: {
    before: { impossible: 'Until there is output, the wait is for the first token.' },
    after: [onward('+stall')],
  },
  TRUNCATED: {
    before: [
      {
        ...onward('+cut=0'),
        inOnePiece: 'MALFORMED',
        never: { google: 'Its stream has no preamble, so what comes is empty: MALFORMED.' },
      },
      onward('+reset=0'),
    ],
    after: [onward('+cut', '+reset', '+no-end')],
  },
  MALFORMED: {
    before: [onward('+html', '+empty', '+malformed=0')],
    after: [onward('+malformed')],
  },
  AUTHENTICATION: {
    before: [onward('+401', '+403', '+bad-key')],
    after: { impossible: BY_STATUS },
  },
  BILLING: {
    before: [onward('+402', '+quota', '+no-credit')],
    after: { impossible: BY_STATUS },
  },
  NOT_FOUND: {
    before: [onward('+404')],
    after: { impossible: BY_STATUS },
  },
  INVALID_REQUEST: {
    before: [final('InvalidRequestError', '+400', '+422')],
    after: { impossible: BY_STATUS },
  },
  CONTEXT_LENGTH: {
    before: [final('ContextLengthError', '+context', '+413')],
    after: { impossible: `${BY_STATUS} What does not fit any more ends with the finish reason LENGTH.` },
  },
  CONTENT_REJECTED: {
    before: [final('ContentRejectedError', '+blocked')],
    after: { impossible: 'What a filter cuts off ends with the finish reason CONTENT_FILTER, which is no failure.' },
  },
} as const satisfies Record<ProviderErrorKind, Readonly<Record<'before' | 'after', Cell>>>
