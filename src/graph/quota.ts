import { formatUsd } from '../core/money.ts'
import type { Quota, QuotaUnit, QuotaWindow } from '../core/quota.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'
import { QuotaScopeRef } from './quota-scope.ts'

export const QuotaUnitRef = describedEnum<QuotaUnit>('QuotaUnit', 'What a quota limits.', {
  USD: 'US dollars.',
  TOKENS: 'Tokens, input and output together.',
  REQUESTS: 'Calls.',
  CONCURRENT_CALLS: 'Calls under way at the same time.',
})

export const QuotaWindowRef = describedEnum<QuotaWindow>(
  'QuotaWindow',
  'Over how long a quota counts. Windows begin in UTC.',
  {
    MINUTE: 'Each minute anew.',
    HOUR: 'Each hour anew.',
    DAY: 'Each day anew.',
    MONTH: 'Each calendar month anew.',
    TOTAL: 'Never resets.',
  },
)

export const QuotaRef = builder.objectRef<Quota>('Quota').implement({
  description:
    "A limit on money, tokens, requests or concurrency. What is under way is reserved, so it's never overrun.",
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names this quota.' }),
    unit: t.expose('unit', { type: QuotaUnitRef, description: 'What is limited, and the unit of the amounts.' }),
    window: t.expose('window', { type: QuotaWindowRef, description: 'Over how long it counts.' }),
    limit: t.field({
      type: 'Decimal',
      description: 'The most that may be used in one window.',
      resolve: (quota) => quotaAmount(quota, quota.limit),
    }),
    used: t.field({
      type: 'Decimal',
      description: 'What calls that ended have used of this window.',
      resolve: (quota) => quotaAmount(quota, quota.used),
    }),
    reserved: t.field({
      type: 'Decimal',
      description: 'What calls under way may still use.',
      resolve: (quota) => quotaAmount(quota, quota.reserved),
    }),
    resetsAt: t.expose('resetsAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the next window begins; null where it never resets.',
    }),
    scope: t.expose('scope', { type: QuotaScopeRef, description: 'Whom it limits.' }),
    endUser: t.exposeString('subject', {
      nullable: true,
      description: 'Whose window `used` and `reserved` are of, where each end user has one; else null.',
    }),
    thresholds: t.intList({
      description: 'Percentages of the limit at which an event is told, in rising order.',
      resolve: ({ thresholds }) => [...thresholds],
    }),
    amountsHidden: t.boolean({
      description:
        'True where `used` and `reserved` only say that the limit is reached: those of the whole installation, told to a key without the scope `operator`, and those of more than one end user, told with a browser token.',
      resolve: ({ amounts }) => amounts === 'hidden',
    }),
  }),
})

/** An amount in a quota's unit. */
export function quotaAmount({ unit }: Pick<Quota, 'unit'>, amount: bigint): string {
  return unit === 'USD' ? formatUsd(amount) : amount.toString()
}
