import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import type { SwitchyardConfig } from '../../src/config/define-config.ts'
import type { Scope } from '../../src/core/caller.ts'
import { type Clock, type Random, systemClock } from '../../src/core/clock.ts'
import type { Settings } from '../../src/core/settings.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { providerFetch } from '../../src/drivers/provider-fetch.ts'
import type { LogEntry } from '../../src/simulator/request-log.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startSwitchyard } from '../../src/switchyard.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { type DatabaseSuite, embeddedPlace } from '../support/database.ts'
import { type Client, clientOf, eventually } from './client.ts'
import { settingsOf } from './settings.ts'

/** A real simulator, a real Switchyard in front of it, and what a test needs to look at both. */
export interface House {
  readonly url: string
  readonly database: Database
  readonly simulator: Simulator
  readonly settings: Settings
  /** The lines of the log so far. */
  readonly log: readonly Readonly<Record<string, unknown>>[]
  /** A frontend with a key of its own; in a project of its own unless told. */
  client(options?: { readonly project?: string; readonly scopes?: readonly Scope[] }): Promise<Client>
  /** The requests that the simulator got for models with this tag, oldest first. */
  requests(tag: string): Promise<readonly LogEntry[]>
  /** The same, once all of them are over. */
  requestsOver(tag: string): Promise<readonly LogEntry[]>
}

export interface Furniture {
  /** What stands in the configuration, beside the five providers that there always are. */
  readonly config?: (simulatorUrl: string) => SwitchyardConfig
  /** Chance; 0 makes every backoff end at once and every draw the first. */
  readonly random?: Random
  readonly clock?: Clock
  /** Where calls are kept while the database is away; in memory alone unless told. */
  readonly spoolDirectory?: string
  /** Between two chunks of the simulator's answers, in milliseconds. */
  readonly chunkDelayMs?: number
}

export interface OpenHouse extends House {
  close(): Promise<void>
}

/** Defines a suite with a house on an embedded database, for what is the same on all databases. */
export function describeHouse(title: string, furniture: Furniture, define: (house: () => House) => void): void {
  describe(title, () => {
    let place: Awaited<ReturnType<typeof embeddedPlace>> | null = null
    let database: Database | null = null
    beforeAll(async () => {
      place = await embeddedPlace()
      database = await openDatabase(place.settings)
    })
    // Hooks after a suite run in the opposite order: the house closes before the database.
    afterAll(async () => {
      await database?.close()
      await place?.remove()
    })
    define(houseOf({ database: () => present(database) }, furniture))
  })
}

/** One house for all tests of a suite. */
export function houseOf(suite: Pick<DatabaseSuite, 'database'>, furniture: Furniture = {}): () => House {
  let house: OpenHouse | null = null
  beforeAll(async () => {
    house = await openHouse(suite.database(), furniture)
  })
  afterAll(() => house?.close())
  return () => present(house)
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error('The house is there in tests and hooks only')
  return value
}

/** Starts a simulator and a Switchyard over a database, which stays its owner's to close. */
export async function openHouse(database: Database, furniture: Furniture = {}): Promise<OpenHouse> {
  const simulator = await startSimulator({ chunkDelayMs: furniture.chunkDelayMs ?? 0 })
  const replica = await openReplica(database, simulator, furniture)
  return {
    ...replica,
    async close() {
      await replica.close()
      await simulator.close()
    },
  }
}

/** One more Switchyard over the same database and in front of the same simulator. */
export async function openReplica(
  database: Database,
  simulator: Simulator,
  furniture: Furniture,
  errors: 'no errors' | 'errors expected' = 'no errors',
): Promise<OpenHouse> {
  const log: Record<string, unknown>[] = []
  const logger = createLogger({ level: 'debug', destination: { write: (line) => void log.push(JSON.parse(line)) } })
  const { fetch: providersFetch, close: closeFetch } = providerFetch()
  const configured = await settingsOf(simulator.url, furniture.config?.(simulator.url) ?? {})
  const settings = { ...configured, spoolDirectory: furniture.spoolDirectory ?? null }
  const world = {
    clock: furniture.clock ?? systemClock,
    random: furniture.random ?? Math.random,
    fetch: providersFetch,
    logger,
  }
  const switchyard = await startSwitchyard(settings, database, world)

  async function requests(tag: string): Promise<readonly LogEntry[]> {
    const entries = (await (await fetch(`${simulator.url}/_log?model=tag%3D${tag}`)).json()) as readonly LogEntry[]
    return entries.filter(({ model }) => model.split('+').includes(`tag=${tag}`))
  }

  return {
    url: switchyard.url,
    database,
    simulator,
    settings,
    log,
    async client(options = {}) {
      const project = options.project ?? randomBytes(6).toString('hex')
      const scopes = options.scopes ?? ['complete', 'read']
      const { secret } = await createKey(database, { project, scopes })
      return clientOf(switchyard.url, secret)
    },
    requests,
    requestsOver: (tag) =>
      eventually(async () => {
        const entries = await requests(tag)
        return entries.every(({ done }) => done) ? entries : null
      }),
    async close() {
      await switchyard.close(1_000)
      await closeFetch()
      const faults = log.filter(({ level }) => level === 'error')
      if (errors === 'no errors') expect(faults, 'errors in the log').toEqual([])
    },
  }
}

/** The system's clock, which a test can let leap ahead: past a circuit's rest, or the end of a lease or a wait. */
export function leapingClock(): Clock & { leap(ms: number): void } {
  let ahead = 0
  const waiting = new Set<{ readonly due: number; readonly task: () => void; cancel: () => void }>()
  const monotonic = () => systemClock.monotonic() + ahead

  function after(ms: number, task: () => void): () => void {
    const entry = { due: monotonic() + ms, task, cancel: () => {} }
    waiting.add(entry)
    wait(entry)
    return () => {
      waiting.delete(entry)
      entry.cancel()
    }
  }

  function wait(entry: { readonly due: number; readonly task: () => void; cancel: () => void }): void {
    entry.cancel()
    entry.cancel = systemClock.after(Math.max(entry.due - monotonic(), 0), () => {
      waiting.delete(entry)
      entry.task()
    })
  }

  return {
    now: () => systemClock.now() + ahead,
    monotonic,
    after,
    leap(ms) {
      ahead += ms
      for (const entry of waiting) wait(entry)
    },
  }
}

let tags = 0

/** A tag that no other test has: `+tag=…` behind a model's name keeps its faults, circuits and log apart. */
export function newTag(): string {
  tags += 1
  return `t${tags}-${randomBytes(3).toString('hex')}`
}
