import {
  type ExperimentMeasure,
  type ExperimentReport,
  experimentReport,
  type StatisticalTest,
  TEST_OF,
  type VariantComparison,
} from '../ledger/feedback/experiment-report.ts'
import type { Interval } from '../ledger/feedback/statistics/means.ts'
import { callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { describedEnum } from './described-enum.ts'
import { ExperimentVariantRef, IntervalRef } from './experiment-variant.ts'
import { checkedRange, TimeRangeInput } from './time-range.ts'

const ExperimentMeasureRef = describedEnum<ExperimentMeasure>('ExperimentMeasure', 'What variants are compared by.', {
  SUCCESS_RATE: 'The share of calls that succeeded.',
  COST_PER_CALL: 'What a call costs, in US dollars.',
  LATENCY: 'How long a call that succeeds takes, in milliseconds.',
  SCORE: 'What its answers were rated.',
})

const StatisticalTestRef = describedEnum<StatisticalTest>('StatisticalTest', 'How a difference was tested.', {
  TWO_PROPORTION_Z: 'The two-proportion z-test with the pooled share.',
  WELCH_T: "Welch's t-test of two means.",
})

const PICODOLLARS = 1e12

const ExperimentComparisonRef = builder.objectRef<VariantComparison>('ExperimentComparison').implement({
  description: 'One variant against the baseline, by one measure. The tests take calls for independent of each other.',
  fields: (t) => ({
    variant: t.exposeString('variant', { description: 'The variant.' }),
    baseline: t.exposeString('baseline', { description: 'What it is compared with.' }),
    measure: t.expose('measure', { type: ExperimentMeasureRef, description: 'By what.' }),
    metric: t.exposeString('metric', { nullable: true, description: 'The metric of a score, else null.' }),
    test: t.field({
      type: StatisticalTestRef,
      description: 'How the difference was tested.',
      resolve: ({ measure }) => TEST_OF[measure],
    }),
    difference: t.float({
      nullable: true,
      description:
        "The variant's value less the baseline's, in the unit of the measure; null where there is too little to tell.",
      resolve: (compared) => scaled(compared, compared.result?.estimate ?? null),
    }),
    interval: t.field({
      type: IntervalRef,
      nullable: true,
      description: 'Of the difference; null where there is too little to tell.',
      resolve: (compared) => scaledInterval(compared),
    }),
    pValue: t.float({
      nullable: true,
      description: 'The chance of a difference this large or larger where there is none in truth, on either side.',
      resolve: ({ result }) => result?.pValue ?? null,
    }),
    adjustedPValue: t.float({
      nullable: true,
      description: "The same by Holm's method, which makes up for the number of comparisons in this report.",
      resolve: ({ result }) => result?.adjustedPValue ?? null,
    }),
    significant: t.boolean({
      nullable: true,
      description: 'Whether that is below 0.05; null where there is too little to tell.',
      resolve: ({ result }) => result?.significant ?? null,
    }),
  }),
})

function scaled({ measure }: VariantComparison, value: number | null): number | null {
  return value === null || measure !== 'COST_PER_CALL' ? value : value / PICODOLLARS
}

function scaledInterval(compared: VariantComparison): Interval | null {
  const low = scaled(compared, compared.result?.interval.low ?? null)
  const high = scaled(compared, compared.result?.interval.high ?? null)
  return low === null || high === null ? null : { low, high }
}

interface Experiment extends ExperimentReport {
  readonly name: string
}

const ExperimentRef = builder.objectRef<Experiment>('Experiment').implement({
  description: 'What the variants of a route came to.',
  fields: (t) => ({
    name: t.exposeString('name', { description: "The route's name." }),
    baseline: t.exposeString('baseline', {
      nullable: true,
      description: 'The variant that the others are compared with; null where no calls took part.',
    }),
    variants: t.expose('variants', { type: [ExperimentVariantRef], description: 'By name.' }),
    comparisons: t.expose('comparisons', {
      type: [ExperimentComparisonRef],
      description: 'Each other variant against the baseline, by each measure.',
    }),
  }),
})

builder.queryFields((t) => ({
  experiment: t.field({
    type: ExperimentRef,
    description:
      "How the variants of an experiment did among the project's calls, and whether what lies between them is more than chance. Needs the scope `read`.",
    args: {
      name: t.arg.string({ required: true, description: 'The name of the route with the strategy `experiment`.' }),
      range: t.arg({ type: TimeRangeInput, required: true, description: 'When the calls came in.' }),
      baseline: t.arg.string({
        description: "The variant that others are compared with; the route's first one where absent.",
      }),
    },
    resolve: async (_root, { name, range, baseline }, context): Promise<Experiment> => {
      const { projectId } = callerWith(context, 'read')
      const query = { projectId, experiment: name, range: checkedRange('range', range) }
      const variants = await context.feedback.variants(query)
      return { name, ...experimentReport(variants, baseline ?? firstVariant(name, context)) }
    },
  }),
}))

function firstVariant(name: string, { routes }: GraphContext): string | null {
  const policy = routes.current().routes.find((route) => route.name === name)?.policy
  return policy?.strategy === 'experiment' ? (policy.variants[0]?.name ?? null) : null
}
