import { formatUsd } from '../core/money.ts'
import { QUOTA_SCOPE_NAMES, type QuotaScope } from '../core/quota.ts'
import type { QuotaEvent } from '../core/quota-event.ts'

/** What a webhook is told, in the form that the Standard Webhooks specification recommends: type, timestamp, data. */
export function eventPayload(event: QuotaEvent, project: string | null): unknown {
  const amount = (value: bigint) => (event.unit === 'USD' ? formatUsd(value) : value.toString())
  return {
    type: 'quota.threshold',
    timestamp: new Date(event.at).toISOString(),
    data: {
      eventId: event.id,
      project: event.projectId === null ? null : { id: event.projectId, name: project },
      quotaId: event.quotaId,
      scope: shownScope(event.scope),
      endUser: event.subject,
      unit: event.unit,
      window: event.window,
      windowStart: new Date(event.windowStart).toISOString(),
      threshold: event.threshold,
      limit: amount(event.limit),
      used: amount(event.used),
      reserved: amount(event.reserved),
    },
  }
}

function shownScope({ type, ...what }: QuotaScope): unknown {
  return { type: QUOTA_SCOPE_NAMES[type], ...what }
}
