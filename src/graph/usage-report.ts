import type {
  UsageDimension,
  UsageGroupValue,
  UsageInterval,
  UsageReport,
  UsageRow,
  UsageTagValue,
} from '../core/usage-report.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'
import { UsageMetricsRef } from './usage-metrics.ts'

export const UsageDimensionRef = describedEnum<UsageDimension>('UsageDimension', 'What usage is grouped by.', {
  PROVIDER: 'The provider that answered.',
  MODEL: 'The model that answered.',
  REQUESTED_MODEL: 'What was asked for.',
  STATUS: 'How the call ended.',
  PROJECT: 'The project.',
  API_KEY: 'The API key, by its id.',
  END_USER: 'Whom the caller served.',
})

export const UsageIntervalRef = describedEnum<UsageInterval>(
  'UsageInterval',
  'How long the periods of a series are. They begin in UTC.',
  {
    HOUR: 'Full hours.',
    DAY: 'Days.',
    MONTH: 'Calendar months.',
  },
)

const UsageGroupValueRef = builder.objectRef<UsageGroupValue>('UsageGroupValue').implement({
  description: 'What the calls of a row have in common.',
  fields: (t) => ({
    dimension: t.expose('dimension', { type: UsageDimensionRef, description: 'What was grouped by.' }),
    value: t.exposeString('value', {
      nullable: true,
      description: 'Its value; null where the calls have none, or in a row of others.',
    }),
    isOther: t.exposeBoolean('isOther', {
      description: 'True where the row adds up the end users that are too many to name.',
    }),
  }),
})

const UsageTagValueRef = builder.objectRef<UsageTagValue>('UsageTagValue').implement({
  description: 'The value of a tag that the calls of a row have in common.',
  fields: (t) => ({
    value: t.exposeString('value', {
      nullable: true,
      description: 'The value; null where the calls have no such tag, or in a row of others.',
    }),
    isOther: t.exposeBoolean('isOther', {
      description: 'True where the row adds up values that are too many to name.',
    }),
  }),
})

const UsageRowRef = builder.objectRef<UsageRow>('UsageRow').implement({
  description: 'The usage of one group in one period.',
  fields: (t) => ({
    periodStart: t.expose('periodStart', {
      type: 'DateTime',
      nullable: true,
      description: 'The start of the interval; null where none was asked for.',
    }),
    group: t.expose('group', { type: [UsageGroupValueRef], description: 'One value for each dimension asked for.' }),
    tag: t.expose('tag', {
      type: UsageTagValueRef,
      nullable: true,
      description: 'The value of the tag in `groupByTag`; null where none was asked for.',
    }),
    metrics: t.expose('metrics', { type: UsageMetricsRef, description: 'What was used.' }),
  }),
})

export const UsageReportRef = builder.objectRef<UsageReport>('UsageReport').implement({
  description: 'Totals and series of usage and cost.',
  fields: (t) => ({
    total: t.expose('total', { type: UsageMetricsRef, description: 'All rows together.' }),
    rows: t.expose('rows', { type: [UsageRowRef], description: 'By period, then by cost, highest first.' }),
    folded: t.expose('folded', {
      type: 'SafeInt',
      description:
        'How many end users, or values of the tag, stand together in the rows of others, at least. 0 where all are named. Sums hold all of them, always.',
    }),
  }),
})
