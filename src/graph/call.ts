import type { CallStatus, LedgerCall } from '../core/call.ts'
import { AttemptRef } from './attempt.ts'
import { builder } from './builder.ts'
import { CacheStatusRef } from './cache-status.ts'
import { CallCostRef } from './call-cost.ts'
import { CallLatencyRef } from './call-latency.ts'
import { CallPriceRef, priceOfCall } from './call-price.ts'
import { describedEnum } from './described-enum.ts'
import { RatingRef } from './rating.ts'
import { RoutePlanRef } from './route-plan.ts'
import { TagRef } from './tag.ts'
import { TokenUsageRef } from './token-usage.ts'

export const CallStatusRef = describedEnum<CallStatus>('CallStatus', 'Where a call is in its life.', {
  RUNNING: 'Under way.',
  SUCCEEDED: 'Answered.',
  FAILED: 'Ended with an error.',
  CANCELLED: 'Stopped by its caller, by `cancelCall` or by leaving.',
  REFUSED:
    'Turned away before any provider was asked: over a quota, blocked by a guardrail, no target. It cost nothing.',
  ABANDONED: 'Its process died; settled at the upper bound that its reservation held.',
})

export const CallRef = builder.objectRef<LedgerCall>('Call').implement({
  description: 'One request of a client, from admission to its end: the unit of the ledger.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Given to every request at the door.' }),
    status: t.expose('status', { type: CallStatusRef, description: 'Where it is in its life.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it came in.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended; null while it runs.',
    }),
    requestedModel: t.exposeString('requestedModel', { description: 'What was asked for.' }),
    provider: t.exposeString('provider', {
      nullable: true,
      description: 'The provider that answered; null where none did.',
    }),
    model: t.exposeString('model', { nullable: true, description: 'The model that answered; null where none did.' }),
    error: t.string({
      nullable: true,
      description: 'What ended it, where it did not succeed.',
      resolve: (call) => call.error?.message ?? null,
    }),
    usage: t.expose('usage', { type: TokenUsageRef, description: 'Tokens of the attempt that answered.' }),
    cost: t.expose('cost', { type: CallCostRef, description: 'What it cost, all attempts included.' }),
    price: t.loadable({
      type: CallPriceRef,
      nullable: true,
      description:
        'The prices that the attempt that answered was charged at; null where it is unpriced or cost nothing. Each attempt has its own.',
      load: async (ids: string[], { ledger }) => {
        const attempts = await ledger.attempts(ids)
        return ids.map((id) => priceOfCall(attempts.get(id) ?? []))
      },
      resolve: (call) => call.id,
    }),
    latency: t.expose('latency', {
      type: CallLatencyRef,
      nullable: true,
      description: 'How long it took; null while it runs and where its process died.',
    }),
    attempts: t.loadableList({
      type: AttemptRef,
      description: 'All attempts, by number.',
      load: async (ids: string[], { ledger }) => {
        const attempts = await ledger.attempts(ids)
        return ids.map((id) => [...(attempts.get(id) ?? [])])
      },
      resolve: (call) => call.id,
    }),
    tags: t.expose('tags', { type: [TagRef], description: 'The labels that it was given.' }),
    endUser: t.exposeString('endUser', { nullable: true, description: 'Whom the caller served.' }),
    cacheStatus: t.expose('cacheStatus', {
      type: CacheStatusRef,
      description: "Whether the gateway's cache answered.",
    }),
    ratings: t.loadableList({
      type: RatingRef,
      description: 'What was thought of its answer, oldest first; with a browser token, by its own key.',
      load: async (ids: string[], { feedback, caller }) => {
        const ratings = await feedback.ratings(ids)
        // What reviewers wrote of a visitor's call is not for the visitor.
        const isShown = (by: string) => !caller?.browserToken || by === caller.apiKeyId
        return ids.map((id) => (ratings.get(id) ?? []).filter(({ apiKeyId }) => isShown(apiKeyId)))
      },
      resolve: (call) => call.id,
    }),
    plan: t.expose('plan', {
      type: RoutePlanRef,
      nullable: true,
      description: 'Who was considered, in which order, and why; null where it never came to that.',
    }),
  }),
})
