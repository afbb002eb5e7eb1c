import { createInterface } from 'node:readline'
import { systemClock } from '../../src/core/clock.ts'
import type { DatabaseSettings } from '../../src/core/settings.ts'
import { openDatabase } from '../../src/database/database.ts'
import { providerFetch } from '../../src/drivers/provider-fetch.ts'
import { startSwitchyard } from '../../src/switchyard.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { type Client, clientOf, type Input } from './client.ts'
import { priced, priority, settingsOf, together } from './settings.ts'

/** What the test tells a replica, in its first argument, as JSON. */
export interface Orders {
  readonly database: DatabaseSettings
  readonly simulatorUrl: string
  /** Each wave begins when a line comes in. */
  readonly waves: readonly (readonly Asked[])[]
}

export interface Asked {
  readonly secret: string
  readonly input: Input
}

/** What came of a wave: how often each type of answer came. Printed as JSON. */
export type Tally = Readonly<Record<string, number>>

/** A model whose first answers break off, so that a call has several attempts, and its successor. */
const SHAKY = 'openai/shaky+words=40+cut=9x60'
const STEADY = 'anthropic/steady+words=40'

const orders: Orders = JSON.parse(process.argv[2] ?? '')
const { database: place, simulatorUrl, waves } = orders
const settings = await settingsOf(simulatorUrl, {
  models: together([priced('openai/steady+words=40'), priced(STEADY), priced(SHAKY)]),
  routes: together([priority('chat', ['openai/steady+words=40']), priority('shaky', [SHAKY, STEADY])]),
})
const database = await openDatabase(place)
const { fetch: providersFetch, close } = providerFetch()
const logger = createLogger({ level: 'error', destination: { write: (line) => void process.stderr.write(line) } })
const world = { clock: systemClock, random: Math.random, fetch: providersFetch, logger }
const switchyard = await startSwitchyard(settings, database, world)

/** As clients do: what was turned away for a moment only, since the machine is busy, is tried again. */
async function complete(secret: string, input: Input): Promise<Awaited<ReturnType<Client['complete']>>> {
  for (;;) {
    try {
      return await clientOf(switchyard.url, secret).complete(input)
    } catch (error) {
      if (!/SERVICE_UNAVAILABLE|fetch failed/.test(String(error))) throw error
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}

async function outcomeOf({ secret, input }: Asked): Promise<string> {
  const result = await complete(secret, input)
  if (result.__typename === 'Completion') return result.finishReason
  return result.__typename === 'QuotaExceededError' ? result.message.replace(/[:,].*/s, '') : result.__typename
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
process.stdout.write('ready\n')
for (const wave of waves) {
  await lines.next()
  const outcomes = Map.groupBy(await Promise.all(wave.map(outcomeOf)), (each) => each)
  const tally: Tally = Object.fromEntries([...outcomes].map(([name, all]) => [name, all.length]))
  process.stdout.write(`${JSON.stringify(tally)}\n`)
}
await switchyard.close(5_000)
await close()
await database.close()
process.exit(0)
