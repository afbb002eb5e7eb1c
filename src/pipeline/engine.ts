import type { NumberedEvent } from '../core/events.ts'
import type { IncomingCall } from './call-kinds.ts'
import type { EngineParts } from './engine-parts.ts'
import { from, type Handler } from './step.ts'
import { admit } from './steps/admit.ts'
import { attempt } from './steps/attempt.ts'
import { deadline } from './steps/deadline.ts'
import { invoke } from './steps/invoke.ts'
import { record } from './steps/record.ts'
import { route } from './steps/route.ts'
import { validate } from './steps/validate.ts'

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
