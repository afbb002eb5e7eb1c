import { formatUsd } from '../core/money.ts'
import type { QuotaScope } from '../core/quota.ts'
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

/** Types as the API spells them. */
const TYPES = {
  project: 'PROJECT',
  apiKey: 'API_KEY',
  endUser: 'END_USER',
  eachEndUser: 'EACH_END_USER',
  tag: 'TAG',
  route: 'ROUTE',
  browserToken: 'BROWSER_TOKEN',
  installation: 'INSTALLATION',
} as const satisfies Record<QuotaScope['type'], string>

function shownScope({ type, ...what }: QuotaScope): unknown {
  return { type: TYPES[type], ...what }
}
