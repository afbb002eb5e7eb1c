import { systemClock } from '../../src/core/clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import { ledgerWriter } from '../../src/ledger/writer.ts'
import { quiet, soundCall } from './sample-calls.ts'

// A process that opens and settles calls as fast as it can once it is told to, until it is killed. It prints what it is
// about to settle, and what is settled.
const WIDTH = 16
const BOUND = 1_000_000_000n

const [settings, limited, free] = JSON.parse(process.argv[2] ?? '')
const database = await openDatabase(settings)
await database.sql`select 1`
const writer = ledgerWriter(database, { clock: systemClock, logger: quiet })
const say = (event: string, id: string) => process.stdout.write(`${event} ${id}\n`)

async function caller(index: number): Promise<void> {
  const isFailing = index % 5 === 0
  const isLimited = index % 2 === 0
  while (true) {
    const call = soundCall({ projectId: isLimited ? limited : free, status: isFailing ? 'FAILED' : 'SUCCEEDED' })
    const admission = await writer.open(call, { USD: BOUND, TOKENS: null })
    if (admission.type === 'refused') throw new Error('The quota is large enough for all')
    say('settling', call.id)
    await writer.settle({ ...call, reservations: admission.reservations })
    say(isFailing ? 'FAILED' : 'SUCCEEDED', call.id)
  }
}

process.stdout.write('ready\n')
process.stdin.once('data', () => {
  for (let index = 0; index < WIDTH; index += 1) void caller(index)
})
