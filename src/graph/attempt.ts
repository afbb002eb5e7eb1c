import type { Attempt, AttemptOutcome } from '../core/attempt.ts'
import { totalOf } from '../core/cost.ts'
import { formatUsd } from '../core/money.ts'
import type { ProviderErrorKind } from '../core/provider-error.ts'
import { builder } from './builder.ts'
import { CallPriceRef, priceOfAttempt } from './call-price.ts'
import { describedEnum } from './described-enum.ts'
import { TokenUsageRef } from './token-usage.ts'

const AttemptOutcomeRef = describedEnum<AttemptOutcome>('AttemptOutcome', 'How an attempt ended.', {
  SUCCEEDED: 'It answered.',
  FAILED: 'The provider did something wrong: `errorKind` says what.',
  TIMED_OUT: 'The first or the next token did not come in time.',
  CANCELLED: 'It was stopped: the client left, the call was cancelled, or another attempt was faster.',
  SHORT_CIRCUITED: 'Skipped without a request: its circuit is open. Listed and numbered, but no event tells of it.',
})

const ProviderErrorKindRef = describedEnum<ProviderErrorKind>(
  'ProviderErrorKind',
  'Every way in which a provider fails.',
  {
    RATE_LIMITED: 'Too many requests or tokens for the key.',
    OVERLOADED: 'The provider has no capacity now.',
    SERVER_ERROR: 'The provider broke: a status of 500 or above.',
    NETWORK: 'No connection, or one that was reset.',
    FIRST_TOKEN_TIMEOUT: 'Nothing came in time.',
    IDLE_TIMEOUT: 'The stream fell silent.',
    TRUNCATED: "The stream ended without the provider's end mark.",
    MALFORMED: 'What came could not be read: not JSON, or nothing at all.',
    AUTHENTICATION: "The provider refused the gateway's key.",
    BILLING: "The provider account's credit or quota is used up.",
    NOT_FOUND: 'The provider does not know the model.',
    INVALID_REQUEST: 'The provider called the request wrong.',
    CONTEXT_LENGTH: 'The request is larger than the context window of the model.',
    CONTENT_REJECTED: 'The provider refused the content.',
  },
)

export const AttemptRef = builder.objectRef<Attempt>('Attempt').implement({
  description: 'One request to one provider on behalf of a call.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Counts from 1 within its call.' }),
    provider: t.exposeString('provider', { description: 'The provider that was asked, by its configured name.' }),
    model: t.exposeString('model', { description: "The model that was asked, by the provider's own name." }),
    answeredModel: t.exposeString('answeredModel', {
      nullable: true,
      description: 'The model that the provider says answered; null where it never said.',
    }),
    key: t.exposeString('key', {
      nullable: true,
      description: "The name of the provider's key that was used, never its secret; null where none is needed.",
    }),
    outcome: t.expose('outcome', { type: AttemptOutcomeRef, description: 'How it ended.' }),
    error: t.string({
      nullable: true,
      description: 'What the provider said, cleaned of secrets.',
      resolve: (attempt) => attempt.failure?.message ?? null,
    }),
    errorKind: t.field({
      type: ProviderErrorKindRef,
      nullable: true,
      description: 'What went wrong; null where nothing did.',
      resolve: (attempt) => attempt.failure?.kind ?? null,
    }),
    httpStatus: t.int({
      nullable: true,
      description: "The status of the provider's error; null where the failure came without one.",
      resolve: (attempt) => attempt.failure?.httpStatus ?? null,
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When the provider was asked.' }),
    durationMs: t.exposeFloat('durationMs', { description: 'From its start to its end, in milliseconds.' }),
    firstTokenMs: t.exposeFloat('firstTokenMs', {
      nullable: true,
      description: 'From its start to its first text, reasoning or tool delta; null where there was none.',
    }),
    usage: t.expose('usage', {
      type: TokenUsageRef,
      nullable: true,
      description: 'Null where the provider sent nothing.',
    }),
    costUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Null where the model has no known price: never a silent zero.',
      resolve: ({ cost }) => (cost.priced ? formatUsd(totalOf(cost.parts)) : null),
    }),
    price: t.field({
      type: CallPriceRef,
      nullable: true,
      description: 'The prices that it was charged at; null where it is unpriced or cost nothing.',
      resolve: priceOfAttempt,
    }),
  }),
})
