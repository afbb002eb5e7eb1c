import { formatUsd } from '../core/money.ts'
import type { VariantReport } from '../ledger/feedback/experiment-report.ts'
import type { Interval } from '../ledger/feedback/statistics/means.ts'
import { builder } from './builder.ts'
import { checkedQuantile } from './quantile.ts'

export const IntervalRef = builder.objectRef<Interval>('Interval').implement({
  description: 'Where a value lies with 95 % confidence.',
  fields: (t) => ({
    low: t.exposeFloat('low', { description: 'The lower end.' }),
    high: t.exposeFloat('high', { description: 'The upper end.' }),
  }),
})

const VariantScoreRef = builder.objectRef<VariantReport['scores'][number]>('VariantScore').implement({
  description: "What was thought of a variant's answers, by one metric.",
  fields: (t) => ({
    metric: t.exposeString('metric', { description: 'What was judged.' }),
    calls: t.int({
      description: 'How many calls were rated. One that several keys rated counts once, with the mean of their scores.',
      resolve: ({ sample }) => sample.count,
    }),
    mean: t.float({ description: 'The mean score of these calls.', resolve: ({ sample }) => sample.mean }),
    interval: t.expose('interval', {
      type: IntervalRef,
      nullable: true,
      description: "Of the mean, by Student's t; null with fewer than two calls.",
    }),
  }),
})

export const ExperimentVariantRef = builder.objectRef<VariantReport>('ExperimentVariant').implement({
  description: 'How the calls did that were assigned to one variant.',
  fields: (t) => ({
    name: t.string({ description: 'As the route names it.', resolve: ({ totals }) => totals.variant }),
    calls: t.int({ description: 'All of them, whatever became of them.', resolve: ({ totals }) => totals.calls }),
    succeeded: t.int({ description: 'Those that were answered.', resolve: ({ totals }) => totals.succeeded }),
    failed: t.int({ description: 'Those that ended with an error.', resolve: ({ totals }) => totals.failed }),
    cancelled: t.int({ description: 'Those that their callers stopped.', resolve: ({ totals }) => totals.cancelled }),
    successRate: t.float({
      nullable: true,
      description: 'The share that succeeded of those that succeeded or failed; null where there were none.',
      resolve: ({ successRate }) => successRate?.share ?? null,
    }),
    successInterval: t.field({
      type: IntervalRef,
      nullable: true,
      description: "Of the success rate, by Wilson's method.",
      resolve: ({ successRate }) => successRate?.interval ?? null,
    }),
    costUsd: t.field({
      type: 'Decimal',
      description: 'What all calls cost, all attempts included.',
      resolve: ({ totals }) => formatUsd(totals.cost),
    }),
    costPerCallUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The mean over the calls whose cost is known; null where there are none.',
      resolve: ({ totals: { costPerCall } }) =>
        costPerCall.count === 0 ? null : formatUsd(BigInt(Math.round(costPerCall.mean))),
    }),
    unpricedCalls: t.int({
      description: 'Calls with an attempt at a model without a known price.',
      resolve: ({ totals }) => totals.unpricedCalls,
    }),
    latencyMs: t.float({
      nullable: true,
      description:
        'A quantile of the total latency of calls that succeeded, in milliseconds; null where there are none.',
      args: { quantile: t.arg.float({ required: true, description: 'From 0 to 1; 0.5 is the median.' }) },
      resolve: ({ totals }, { quantile }) => checkedQuantile(totals.latencySketch, quantile),
    }),
    firstTokenMs: t.float({
      nullable: true,
      description:
        'A quantile of the time to first token of calls that succeeded, in milliseconds; null where there are none.',
      args: { quantile: t.arg.float({ required: true, description: 'From 0 to 1; 0.5 is the median.' }) },
      resolve: ({ totals }, { quantile }) => checkedQuantile(totals.firstTokenSketch, quantile),
    }),
    scores: t.expose('scores', { type: [VariantScoreRef], description: 'By metric.' }),
  }),
})
