import { formatUsd } from '../core/money.ts'
import type { UsageMetrics } from '../core/usage-report.ts'
import { builder } from './builder.ts'
import { checkedQuantile } from './quantile.ts'

export const UsageMetricsRef = builder.objectRef<UsageMetrics>('UsageMetrics').implement({
  description: 'Sums over calls, and quantiles of how long they took.',
  fields: (t) => ({
    calls: t.expose('calls', { type: 'SafeInt', description: 'All calls that ended.' }),
    succeeded: t.expose('succeeded', { type: 'SafeInt', description: 'Calls that were answered.' }),
    failed: t.expose('failed', { type: 'SafeInt', description: 'Calls that ended with an error or were abandoned.' }),
    cancelled: t.expose('cancelled', { type: 'SafeInt', description: 'Calls that their callers stopped.' }),
    refused: t.expose('refused', {
      type: 'SafeInt',
      description: 'Calls turned away before any provider was asked.',
    }),
    attempts: t.expose('attempts', { type: 'SafeInt', description: 'All attempts of all calls.' }),
    cacheHits: t.expose('cacheHits', { type: 'SafeInt', description: "Calls that the gateway's cache answered." }),
    inputTokens: t.expose('inputTokens', { type: 'SafeInt', description: 'All input, cached or not.' }),
    cachedInputTokens: t.expose('cachedInputTokens', {
      type: 'SafeInt',
      description: "The part of the input read from providers' caches.",
    }),
    outputTokens: t.expose('outputTokens', { type: 'SafeInt', description: 'All output, reasoning included.' }),
    reasoningTokens: t.expose('reasoningTokens', {
      type: 'SafeInt',
      description: 'The part of the output spent on reasoning.',
    }),
    costUsd: t.field({
      type: 'Decimal',
      description: 'What all calls with a known price cost, in US dollars.',
      resolve: ({ cost }) => formatUsd(cost),
    }),
    wastedUsd: t.field({
      type: 'Decimal',
      description: 'How much of that went to attempts that did not answer.',
      resolve: ({ wasted }) => formatUsd(wasted),
    }),
    savedUsd: t.field({
      type: 'Decimal',
      description: 'What the cache saved.',
      resolve: ({ saved }) => formatUsd(saved),
    }),
    unpricedCalls: t.expose('unpricedCalls', {
      type: 'SafeInt',
      description: 'Calls whose model had no known price: the cost is at least `costUsd`.',
    }),
    latencyMs: t.float({
      nullable: true,
      description: 'Quantiles of the total latency of calls that succeeded, within 2 %. Null where there was none.',
      args: { quantile: t.arg.float({ required: true, description: 'From 0 to 1; 0.5 is the median.' }) },
      resolve: ({ latency }, { quantile }) => checkedQuantile(latency, quantile),
    }),
    firstTokenMs: t.float({
      nullable: true,
      description:
        'Quantiles of the time to first token of calls that succeeded, within 2 %. Null where there was none.',
      args: { quantile: t.arg.float({ required: true, description: 'From 0 to 1; 0.5 is the median.' }) },
      resolve: ({ firstToken }, { quantile }) => checkedQuantile(firstToken, quantile),
    }),
  }),
})
