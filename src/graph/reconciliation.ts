import { formatUsd } from '../core/money.ts'
import type { Ours, Reconciliation, ReconciliationRow, ReconciliationTotal, Theirs } from '../core/reconciliation.ts'
import { callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import { checkedRange, TimeRangeInput } from './time-range.ts'

const ProviderFiguresRef = builder.objectRef<Theirs>('ProviderFigures').implement({
  description: "What a provider's own reports say. Of each day the report that was imported last counts.",
  fields: (t) => ({
    costUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What it charges; null where no report has amounts.',
      resolve: ({ cost }) => (cost === null ? null : formatUsd(cost)),
    }),
    inputTokens: t.expose('inputTokens', {
      type: 'SafeInt',
      nullable: true,
      description: 'All input, cached or not; null where no report counts it.',
    }),
    outputTokens: t.expose('outputTokens', {
      type: 'SafeInt',
      nullable: true,
      description: 'All output; null where no report counts it.',
    }),
    requests: t.expose('requests', {
      type: 'SafeInt',
      nullable: true,
      description: 'Requests; null where no report counts them.',
    }),
  }),
})

const LedgerFiguresRef = builder.objectRef<Ours>('LedgerFigures').implement({
  description:
    'What the ledger says: sums over all attempts of all projects, by the day on which the provider was asked.',
  fields: (t) => ({
    costUsd: t.field({ type: 'Decimal', description: 'Of priced attempts.', resolve: ({ cost }) => formatUsd(cost) }),
    estimatedUsd: t.field({
      type: 'Decimal',
      description: 'The part of it whose tokens were counted here, because the provider reported none.',
      resolve: ({ estimated }) => formatUsd(estimated),
    }),
    unpricedAttempts: t.expose('unpricedAttempts', {
      type: 'SafeInt',
      description: 'Attempts without a known price, which are not in the cost.',
    }),
    inputTokens: t.expose('inputTokens', { type: 'SafeInt', description: 'All input, cached or not.' }),
    outputTokens: t.expose('outputTokens', { type: 'SafeInt', description: 'All output, reasoning included.' }),
    attempts: t.expose('attempts', { type: 'SafeInt', description: 'Requests that were sent.' }),
  }),
})

const ReconciliationRowRef = builder.objectRef<ReconciliationRow>('ReconciliationRow').implement({
  description: 'One model of one provider on one day.',
  fields: (t) => ({
    provider: t.exposeString('provider', { description: 'The provider, by its configured name.' }),
    day: t.expose('day', { type: 'DateTime', description: 'The first moment of the day, in UTC.' }),
    model: t.exposeString('model', {
      nullable: true,
      description:
        "By the provider's own name, without the date of its edition; null for what belongs to no model, or where the report tells whole days only.",
    }),
    theirs: t.expose('theirs', {
      type: ProviderFiguresRef,
      nullable: true,
      description: 'What the provider says; null where no report covers the day.',
    }),
    ours: t.expose('ours', { type: LedgerFiguresRef, description: 'What the ledger says.' }),
    differenceUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Theirs less ours: above zero where the provider charges more. Null where no report has an amount.',
      resolve: ({ difference }) => (difference === null ? null : formatUsd(difference)),
    }),
    unexplainedUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'What is left of the difference when the estimated part of ours may be off by its whole size. Null where there is no difference to tell, or where ours is too low because attempts are unpriced.',
      resolve: ({ unexplained }) => (unexplained === null ? null : formatUsd(unexplained)),
    }),
  }),
})

const ReconciliationTotalRef = builder.objectRef<ReconciliationTotal>('ReconciliationTotal').implement({
  description: 'Sums over the rows for which a report has an amount.',
  fields: (t) => ({
    theirsUsd: t.field({ type: 'Decimal', description: 'Theirs.', resolve: ({ theirs }) => formatUsd(theirs) }),
    oursUsd: t.field({ type: 'Decimal', description: 'Ours.', resolve: ({ ours }) => formatUsd(ours) }),
    differenceUsd: t.field({
      type: 'Decimal',
      description: 'Theirs less ours.',
      resolve: ({ difference }) => formatUsd(difference),
    }),
    unexplainedUsd: t.field({
      type: 'Decimal',
      description: 'Over the rows where it can be told.',
      resolve: ({ unexplained }) => formatUsd(unexplained),
    }),
    uncoveredUsd: t.field({
      type: 'Decimal',
      description: 'Ours in the other rows: no report tells what those days cost.',
      resolve: ({ uncovered }) => formatUsd(uncovered),
    }),
  }),
})

const ReconciliationRef = builder.objectRef<Reconciliation>('Reconciliation').implement({
  description: "Providers' own reports beside the ledger.",
  fields: (t) => ({
    rows: t.field({
      type: [ReconciliationRowRef],
      description: 'By provider, then day, then model.',
      resolve: ({ rows }) => [...rows],
    }),
    total: t.expose('total', { type: ReconciliationTotalRef, description: 'Over all rows.' }),
  }),
})

builder.queryField('reconciliation', (t) =>
  t.field({
    type: ReconciliationRef,
    description:
      "Where providers' own reports of cost, which `reconcile` on the command line takes in, and the ledger agree, and where not. Needs the scope `operator`, since a provider's bill is that of all projects.",
    args: {
      range: t.arg({ type: TimeRangeInput, required: true, description: 'Whole days in UTC that it touches count.' }),
      provider: t.arg.stringList({ description: 'By their configured names; all where absent.' }),
    },
    resolve: (_root, { range, provider }, context) => {
      callerWith(context, 'operator')
      return context.ledger.reconciliation({ range: checkedRange('range', range), providers: provider ?? [] })
    },
  }),
)
