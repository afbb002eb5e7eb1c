import { GraphQLError } from 'graphql'
import { formatUsd } from '../core/money.ts'
import type { UsageTick } from '../core/usage-tick.ts'
import { callerWith } from './authorization.ts'
import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'
import { UsageFilterInput, usageFilter } from './call-filter.ts'
import { leaveOnAbort } from './leave-on-abort.ts'

const USUAL_MS = 1_000
const SHORTEST_MS = 250
const LONGEST_MS = 60_000

const UsageTickRef = builder.objectRef<UsageTick>('UsageTick').implement({
  description:
    'What the calls that were settled since the tick before came to. Where the ledger was corrected meanwhile, numbers may be below zero: all ticks together are always what was really used.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'The end of the tick before.' }),
    to: t.expose('to', { type: 'DateTime', description: 'When it was looked.' }),
    calls: t.field({ type: 'SafeInt', description: 'All calls that ended.', resolve: ({ counts }) => counts.calls }),
    succeeded: t.field({
      type: 'SafeInt',
      description: 'Calls that were answered.',
      resolve: ({ counts }) => counts.succeeded,
    }),
    failed: t.field({
      type: 'SafeInt',
      description: 'Calls that ended with an error or were abandoned.',
      resolve: ({ counts }) => counts.failed,
    }),
    cancelled: t.field({
      type: 'SafeInt',
      description: 'Calls that their callers stopped.',
      resolve: ({ counts }) => counts.cancelled,
    }),
    refused: t.field({
      type: 'SafeInt',
      description: 'Calls turned away before any provider was asked.',
      resolve: ({ counts }) => counts.refused,
    }),
    inputTokens: t.field({
      type: 'SafeInt',
      description: 'All input, cached or not.',
      resolve: ({ counts }) => counts.inputTokens,
    }),
    cachedInputTokens: t.field({
      type: 'SafeInt',
      description: "The part of the input read from providers' caches.",
      resolve: ({ counts }) => counts.cachedInputTokens,
    }),
    outputTokens: t.field({
      type: 'SafeInt',
      description: 'All output, reasoning included.',
      resolve: ({ counts }) => counts.outputTokens,
    }),
    reasoningTokens: t.field({
      type: 'SafeInt',
      description: 'The part of the output spent on reasoning.',
      resolve: ({ counts }) => counts.reasoningTokens,
    }),
    costUsd: t.field({
      type: 'Decimal',
      description: 'What the calls with a known price cost, in US dollars.',
      resolve: ({ counts }) => formatUsd(counts.cost),
    }),
    wastedUsd: t.field({
      type: 'Decimal',
      description: 'How much of that went to attempts that did not answer.',
      resolve: ({ counts }) => formatUsd(counts.wasted),
    }),
    unpricedCalls: t.field({
      type: 'SafeInt',
      description: 'Calls whose model had no known price: the cost is at least `costUsd`.',
      resolve: ({ counts }) => counts.unpricedCalls,
    }),
  }),
})

builder.subscriptionFields((t) => ({
  usageTicks: t.field({
    type: UsageTickRef,
    description:
      "The project's usage as it grows, on all replicas together: a first tick at once, with nothing in it, from which on all is counted; then one after each interval, also where there was nothing. Every call that is settled is in exactly one tick. A client that reads slowly gets fewer and longer ones. Calls that came in more than a day ago are left out. Ends when the process shuts down: subscribe again, and ask `usage` for what came between. Needs the scope `read`.",
    args: {
      filter: t.arg({ type: UsageFilterInput, description: 'Which calls count; all where absent.' }),
      everyMs: t.arg.int({
        defaultValue: USUAL_MS,
        description: `The time between two ticks, from ${SHORTEST_MS} to ${LONGEST_MS}.`,
      }),
    },
    subscribe: (_root, { filter, everyMs }, context) => {
      const { projectId } = callerWith(context, 'read')
      const interval = everyMs ?? USUAL_MS
      if (interval < SHORTEST_MS || interval > LONGEST_MS) {
        throw badArgument('everyMs', `${interval} is not from ${SHORTEST_MS} to ${LONGEST_MS}.`)
      }
      const ticks = context.usageTicks.follow({ projectId, filter: usageFilter(filter), everyMs: interval })
      if (ticks === null) throw tooMany()
      return leaveOnAbort(ticks, context.signal)
    },
    resolve: (tick) => tick,
  }),
}))

function tooMany(): GraphQLError {
  return new GraphQLError('Too many follow the usage of this project here already: let some go first.', {
    extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' },
  })
}
