import type { SettledCall } from '../core/call.ts'
import type { Catalog } from '../core/catalog.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { Driver } from '../core/driver.ts'
import type { LedgerWriter } from '../core/ledger.ts'
import type { PayloadWriter } from '../core/payload.ts'
import type { RouteBook } from '../core/route-book.ts'
import type { Settings } from '../core/settings.ts'
import type { Logger } from '../core/telemetry.ts'
import type { AnswerHistories } from '../resilience/answer-histories.ts'
import type { Upstreams } from '../resilience/upstreams.ts'
import type { IncomingCall } from './call-kinds.ts'

/** All that the way of a call needs; each step takes its part. */
export interface EngineParts {
  readonly settings: Pick<Settings, 'providers' | 'models' | 'defaults'>
  /** The routes in force, which may change from call to call. */
  readonly routes: RouteBook
  /** By the provider's configured name. */
  readonly drivers: ReadonlyMap<string, Driver>
  readonly catalog: Catalog
  readonly upstreams: Upstreams
  readonly histories: AnswerHistories
  readonly ledger: LedgerWriter
  readonly payloads: PayloadWriter
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Told of every call that has its row, as soon as it is settled. Must take no time and never throw. */
  settled(call: IncomingCall, settled: SettledCall): void
}
