import type { Catalog } from '../core/catalog.ts'
import type { Clock, Random } from '../core/clock.ts'
import type { Driver } from '../core/driver.ts'
import type { NumberedEvent } from '../core/events.ts'
import type { LedgerWriter } from '../core/ledger.ts'
import type { Settings } from '../core/settings.ts'
import type { Logger } from '../core/telemetry.ts'
import type { Upstreams } from '../resilience/upstreams.ts'
import type { IncomingCall } from './call-kinds.ts'
import { from, type Handler } from './step.ts'
import { admit } from './steps/admit.ts'
import { attempt } from './steps/attempt.ts'
import { deadline } from './steps/deadline.ts'
import { invoke } from './steps/invoke.ts'
import { record } from './steps/record.ts'
import { route } from './steps/route.ts'
import { validate } from './steps/validate.ts'

/** All that the way of a call needs; each step takes its part. */
export interface EngineParts {
  readonly settings: Pick<Settings, 'providers' | 'models' | 'routes' | 'defaults'>
  /** By the provider's configured name. */
  readonly drivers: ReadonlyMap<string, Driver>
  readonly catalog: Catalog
  readonly upstreams: Upstreams
  readonly ledger: LedgerWriter
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** The way of a call: read this first. Each step hands a richer call to the one below it and sees its events. */
export function engine(parts: EngineParts): Handler<IncomingCall, NumberedEvent> {
  return from(record(parts)) //     settles the call and numbers what the client sees
    .through(validate(parts)) //    is it allowed, and does it ask for something that exists?
    .through(admit(parts)) //       gives it a row and reserves what its quotas need
    .through(route(parts)) //       who may answer, in which order, and why
    .through(attempt(parts)) //     asks one candidate after another until one answers
    .through(deadline(parts)) //    no wait without a bound
    .to(invoke) //                  the driver
}
