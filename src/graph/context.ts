import type { AccessAdmin } from '../core/access.ts'
import type { AuditLog } from '../core/audit.ts'
import type { Caller } from '../core/caller.ts'
import type { Catalog } from '../core/catalog.ts'
import type { Feedback } from '../core/feedback.ts'
import type { LedgerReader } from '../core/ledger.ts'
import type { PayloadArchive } from '../core/payload.ts'
import type { QuotaAdmin } from '../core/quota-admin.ts'
import type { QuotaEvents } from '../core/quota-event.ts'
import type { RouteAdmin } from '../core/route-admin.ts'
import type { RouteBook } from '../core/route-book.ts'
import type { UsageTicks } from '../core/usage-tick.ts'
import type { Gateway } from '../pipeline/gateway.ts'

/** The parts of the house that resolvers call. */
export interface GraphParts {
  readonly gateway: Gateway
  readonly ledger: LedgerReader
  readonly catalog: Catalog
  /** The routes in force. */
  readonly routes: RouteBook
  readonly routeAdmin: RouteAdmin
  readonly audit: AuditLog
  readonly feedback: Feedback
  readonly quotaAdmin: QuotaAdmin
  readonly quotaEvents: QuotaEvents
  readonly payloads: PayloadArchive
  readonly usageTicks: UsageTicks
  /** Projects, keys and browser tokens. */
  readonly access: AccessAdmin
}

/** What a resolver knows of the request that it serves. */
export interface GraphContext extends GraphParts {
  /** Null where the request has no valid API key. */
  readonly caller: Caller | null
  /** Aborted when the client goes away before it has its answer. */
  readonly signal: AbortSignal
}
