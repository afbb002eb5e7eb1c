import type { Clock, Random } from '../core/clock.ts'
import type { Fetch } from '../core/driver.ts'
import type { WebhookSettings } from '../core/settings.ts'
import type { Logger } from '../core/telemetry.ts'
import type { Database } from '../database/database.ts'
import { QUOTA_EVENTS_CHANNEL } from '../database/quota-events.ts'
import { GIVEN_UP_AFTER_MS, pauseAfter } from './backoff.ts'
import { type Delivery, endpointOf, forgetOld, makeOut, type Outcome, putDown, takeDue } from './deliveries.ts'
import { type Answer, send } from './send.ts'

export interface CourierParts {
  readonly webhooks: readonly WebhookSettings[]
  readonly database: Database
  readonly clock: Clock
  readonly random: Random
  readonly fetch: Fetch
  readonly logger: Logger
}

/** How often the database is asked for messages that are due, in milliseconds. */
const EVERY_MS = 1_000
const FORGET_EVERY = 3_600

/**
 * Tells webhooks of events, each at least once: a message is made out for each, and tried until it is taken, for a day.
 * On many replicas at once each message is in the hands of one of them. Where none is configured nothing runs.
 * @returns how to stop; resolves when no message is in hand any more
 */
export function startCourier(parts: CourierParts): () => Promise<void> {
  const { webhooks, database, clock, logger } = parts
  if (webhooks.length === 0) return async () => {}
  const byEndpoint = new Map(webhooks.map((webhook) => [endpointOf(webhook), webhook]))
  const endpoints = [...byEndpoint.keys()]
  let rounds = 0
  let round: Promise<void> | null = null
  let stopped = false
  let isAway = false

  async function goRound(): Promise<void> {
    await makeOut(database, endpoints)
    let due = await takeDue(database, endpoints)
    while (due.length > 0) {
      await Promise.all(due.map(deliver))
      due = stopped ? [] : await takeDue(database, endpoints)
    }
    if (rounds % FORGET_EVERY === 0) await forgetOld(database)
    rounds += 1
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const webhook = byEndpoint.get(delivery.endpoint)
    if (!webhook) return
    const outcome = outcomeOf(await send(parts, webhook, delivery), delivery, parts.random)
    const { host } = new URL(webhook.url)
    const fields = { delivery: delivery.id, host, tries: delivery.tries }
    if (outcome.type === 'delivered') logger.debug(fields, 'a webhook was told')
    else logger.warn({ ...fields, error: outcome.error, outcome: outcome.type }, 'a webhook could not be told')
    await putDown(database, delivery, outcome)
  }

  function go(): void {
    if (stopped || round) return
    round = goRound()
      .then(() => {
        isAway = false
      })
      .catch((error: unknown) => {
        // Once for each time that the database is away: it is asked often.
        if (!isAway && !stopped) logger.warn({ err: error }, 'messages to webhooks wait for the database')
        isAway = true
      })
      .finally(() => {
        round = null
      })
  }

  let cancel = clock.after(0, tick)
  function tick(): void {
    go()
    cancel = clock.after(EVERY_MS, tick)
  }
  const listening = database.listen(QUOTA_EVENTS_CHANNEL, go).catch(() => async () => {})

  return async () => {
    stopped = true
    cancel()
    await (await listening)()
    await round
  }
}

function outcomeOf(answer: Answer, { tries, ageMs }: Delivery, random: Random): Outcome {
  if (answer.type === 'taken') return { type: 'delivered' }
  const { error } = answer
  if (answer.type === 'gone') return { type: 'givenUp', error }
  const pauseMs = pauseAfter(tries, random)
  return ageMs + pauseMs > GIVEN_UP_AFTER_MS ? { type: 'givenUp', error } : { type: 'failed', error, pauseMs }
}
