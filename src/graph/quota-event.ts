import type { QuotaEvent } from '../core/quota-event.ts'
import { callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import { leaveOnAbort } from './leave-on-abort.ts'
import { QuotaUnitRef, QuotaWindowRef, quotaAmount } from './quota.ts'
import { QuotaScopeRef } from './quota-scope.ts'

const QuotaEventRef = builder.objectRef<QuotaEvent>('QuotaEvent').implement({
  description:
    'A window of a quota passed one of its thresholds. Told once for each quota, window, end user and threshold. Dollars, tokens and requests count when they are used, calls at once when they begin; 100 is told when all is used, or when the first call is turned away.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names this event, also in webhooks.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    quotaId: t.exposeID('quotaId', { description: 'The quota, which may be gone by now.' }),
    scope: t.expose('scope', { type: QuotaScopeRef, description: 'Whom the quota limits.' }),
    endUser: t.exposeString('subject', {
      nullable: true,
      description: 'Whose window it is, where each end user has one; else null.',
    }),
    unit: t.expose('unit', { type: QuotaUnitRef, description: 'What is limited, and the unit of the amounts.' }),
    window: t.expose('window', { type: QuotaWindowRef, description: 'Over how long it counts.' }),
    windowStart: t.expose('windowStart', {
      type: 'DateTime',
      description: 'When the window began; of calls at once, which have none, the hour: they are told once an hour.',
    }),
    threshold: t.exposeInt('threshold', { description: 'In percent of the limit.' }),
    limit: t.field({
      type: 'Decimal',
      description: 'The most that may be used in one window.',
      resolve: (event) => quotaAmount(event, event.limit),
    }),
    used: t.field({
      type: 'Decimal',
      description: 'What calls that ended had used of this window by then.',
      resolve: (event) => quotaAmount(event, event.used),
    }),
    reserved: t.field({
      type: 'Decimal',
      description: 'What calls under way could still use then.',
      resolve: (event) => quotaAmount(event, event.reserved),
    }),
  }),
})

builder.subscriptionFields((t) => ({
  quotaEvents: t.field({
    type: QuotaEventRef,
    description:
      "The events of the project's quotas from now on, on whichever replica they happen; for a key with the scope `operator` those of the installation's too. Needs the scope `read`. Ends when the process shuts down.",
    subscribe: (_root, _args, context) =>
      leaveOnAbort(context.quotaEvents.follow(callerWith(context, 'read')), context.signal),
    resolve: (event) => event,
  }),
}))
