import type { Caller } from '../../core/caller.ts'
import type { Clock } from '../../core/clock.ts'
import type { QuotaEvent, QuotaEvents } from '../../core/quota-event.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { Database } from '../../database/database.ts'
import {
  QUOTA_EVENT_COLUMNS,
  QUOTA_EVENTS_CHANNEL,
  type QuotaEventRow,
  quotaEventOf,
} from '../../database/quota-events.ts'
import { type EventQueue, eventQueue } from './quota-event-queue.ts'

export interface QuotaEventFeed extends QuotaEvents {
  /** Ends it for all who follow. */
  close(): Promise<void>
}

export interface QuotaEventFeedParts {
  readonly database: Database
  readonly clock: Clock
  readonly logger: Logger
}

interface Follower extends EventQueue {
  readonly caller: Caller
  /** When it began to follow, in milliseconds since 1970. */
  readonly since: number
}

/** How often the database is asked where its notices don't come through, in milliseconds. */
const EVERY_MS = 700
/** An event has its time before it is committed; this much later it may still turn up. */
const LATE_S = 60

/** What of the table is new: looked at as soon as the server tells, and at least every 0.7 seconds, while anybody follows. */
export function quotaEventFeed({ database, clock, logger }: QuotaEventFeedParts): QuotaEventFeed {
  const followers = new Set<Follower>()
  let told: ReadonlySet<string> | null = null
  let watch: { stop(): Promise<void> } | null = null
  let looking: Promise<void> | null = null
  let lookAgain = false
  let closed = false

  async function look(): Promise<void> {
    const rows = await database.sql.unsafe<QuotaEventRow[]>(
      `select ${QUOTA_EVENT_COLUMNS} from quota_event
       where at > clock_timestamp() - make_interval(secs => ${LATE_S}) order by at, id`,
      [],
      { prepare: true },
    )
    const known = told
    const events = rows.map(quotaEventOf)
    told = new Set(events.map(({ id }) => id))
    for (const event of events) if (!known?.has(event.id)) tell(event, known === null)
  }

  /** At the first look, what was there before somebody followed is old. */
  function tell(event: QuotaEvent, isFirstLook: boolean): void {
    for (const follower of followers) {
      if (concerns(event, follower.caller) && !(isFirstLook && event.at < follower.since)) follower.push(event)
    }
  }

  function lookSoon(): void {
    if (looking) {
      lookAgain = true
      return
    }
    looking = look()
      .catch((error: unknown) => logger.warn({ err: error }, 'Events of quotas could not be read'))
      .finally(() => {
        looking = null
        if (lookAgain && followers.size > 0) lookSoon()
        lookAgain = false
      })
  }

  function start(): { stop(): Promise<void> } {
    told = null
    lookSoon()
    let cancel = clock.after(EVERY_MS, tick)
    function tick(): void {
      lookSoon()
      cancel = clock.after(EVERY_MS, tick)
    }
    const listening = database.listen(QUOTA_EVENTS_CHANNEL, lookSoon).catch((error: unknown) => {
      logger.warn({ err: error }, 'The database does not tell of events of quotas; it is asked for them')
      return async () => {}
    })
    return {
      async stop() {
        cancel()
        await (await listening)()
      },
    }
  }

  function leave(follower: Follower): void {
    followers.delete(follower)
    if (followers.size > 0) return
    void watch?.stop()
    watch = null
  }

  return {
    follow(caller) {
      const follower: Follower = { ...eventQueue(() => leave(follower)), caller, since: clock.now() }
      followers.add(follower)
      if (closed) void follower.events.return?.()
      else watch ??= start()
      return follower.events
    },
    async close() {
      closed = true
      const stopped = watch?.stop()
      watch = null
      for (const { events } of [...followers]) void events.return?.()
      await stopped
      await looking
    },
  }
}

function concerns({ projectId }: QuotaEvent, caller: Caller): boolean {
  return projectId === null ? caller.scopes.includes('operator') : projectId === caller.projectId
}
