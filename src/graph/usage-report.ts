import type { UsageDimension, UsageInterval, UsageReport, UsageRow } from '../core/ledger.ts'
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

const UsageGroupValueRef = builder.objectRef<UsageRow['group'][number]>('UsageGroupValue').implement({
  description: 'What the calls of a row have in common.',
  fields: (t) => ({
    dimension: t.expose('dimension', { type: UsageDimensionRef, description: 'What was grouped by.' }),
    value: t.exposeString('value', { nullable: true, description: 'Its value; null where the calls have none.' }),
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
    metrics: t.expose('metrics', { type: UsageMetricsRef, description: 'What was used.' }),
  }),
})

export const UsageReportRef = builder.objectRef<UsageReport>('UsageReport').implement({
  description: 'Totals and series of usage and cost.',
  fields: (t) => ({
    total: t.expose('total', { type: UsageMetricsRef, description: 'All rows together.' }),
    rows: t.expose('rows', { type: [UsageRowRef], description: 'By period, then by cost, highest first.' }),
  }),
})
