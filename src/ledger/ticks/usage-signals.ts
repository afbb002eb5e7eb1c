import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../database/database.ts'
import { textArray } from '../../database/row-arrays.ts'

/** Tells all replicas that the usage of projects has changed. A hint, not to be relied on: notices may be lost. */
export interface UsageSignals {
  /** To be called after a commit. Takes no time and never throws; other replicas hear of it within a moment. */
  changed(projectId: string): void
  /** Calls back whenever a project's usage may have changed, until the returned function is called. */
  watch(projectId: string, onChange: () => void): () => void
  close(): void
}

/**
 * A notice takes a lock over the whole database server while it commits, so it is neither part of a settlement nor sent
 * for each one.
 */
const TELL_EVERY_MS = 100

interface Watched {
  readonly watchers: Set<() => void>
  readonly listening: Promise<() => Promise<void>>
}

export function usageSignals(database: Pick<Database, 'sql' | 'listen'>, clock: Clock): UsageSignals {
  const watched = new Map<string, Watched>()
  const untold = new Set<string>()
  let cancel: (() => void) | null = null
  let closed = false

  function tell(): void {
    const channels = textArray([...untold].map(channelOf))
    untold.clear()
    database.sql`select pg_notify(channel, '') from unnest(${channels}::text[]) as channel`
      // Who listens looks for himself now and then.
      .catch(() => {})
      .finally(() => {
        cancel = null
        if (untold.size > 0) tellSoon()
      })
  }

  /** One after another: where the database is slow or away, notices gather. */
  function tellSoon(): void {
    if (!closed) cancel ??= clock.after(TELL_EVERY_MS, tell)
  }

  function hear(projectId: string): void {
    for (const onChange of watched.get(projectId)?.watchers ?? []) onChange()
  }

  function listened(projectId: string): Watched {
    const listening = database.listen(channelOf(projectId), () => hear(projectId)).catch(() => async () => {})
    const found = { watchers: new Set<() => void>(), listening }
    watched.set(projectId, found)
    return found
  }

  return {
    changed(projectId) {
      hear(projectId)
      untold.add(projectId)
      tellSoon()
    },
    watch(projectId, onChange) {
      const { watchers, listening } = watched.get(projectId) ?? listened(projectId)
      watchers.add(onChange)
      return () => {
        watchers.delete(onChange)
        if (watchers.size > 0 || watched.get(projectId)?.watchers !== watchers) return
        watched.delete(projectId)
        listening.then((stop) => stop()).catch(() => {})
      }
    },
    close() {
      closed = true
      cancel?.()
    },
  }
}

function channelOf(projectId: string): string {
  return `switchyard_usage_${projectId}`
}
