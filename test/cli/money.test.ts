import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { systemClock } from '../../src/core/clock.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { givenLedger } from '../ledger/check/given-ledger.ts'
import { embeddedPlace } from '../support/database.ts'

let folder: string
let place: Awaited<ReturnType<typeof embeddedPlace>>
/** The one that a server has open while commands run on it. */
let database: Database
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-money-'))
  place = await embeddedPlace()
  database = await openDatabase(place.settings)
  await givenLedger(database)
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({
      providers: { openai: { driver: 'openai', apiKeys: ['env:KEY'], adminKey: 'env:ADMIN' } },
      models: { 'openai/gpt-5-mini': { price: { inputPerMillion: '1', outputPerMillion: '2' } } },
    }),
  )
})
afterAll(async () => {
  await database.close()
  await place.remove()
  await rm(folder, { recursive: true })
})

async function run(...args: string[]): Promise<{ printed: string; failed: boolean }> {
  const outcome = { printed: '', failed: false }
  const data = place.settings.type === 'embedded' ? place.settings.directory : ''
  const variables = { SWITCHYARD_DATA_DIR: data, SWITCHYARD_CONFIG: join(folder, 'config.json'), KEY: 'not-a-key' }
  const program = createProgram({
    environment: () => readEnvironment(variables, folder),
    clock: systemClock,
    print: (text) => {
      outcome.printed += text
    },
    fail: () => {
      outcome.failed = true
    },
  }).exitOverride()
  await program.parseAsync(args, { from: 'user' })
  return outcome
}

it('checks the ledger, says what is wrong, and mends it only when told to', async () => {
  const sound = await run('ledger', 'check')
  expect(sound.failed).toBe(false)
  expect(sound.printed).toContain('checked 2025-05\n')
  expect(sound.printed).toMatch(/✓ Every counter[^✗]*The ledger adds up \(2025-05 to \d{4}-\d\d\)\.\n$/)

  await database.sql`update usage_hourly set cost = cost + 1 where hour = '2025-06-03T23:00Z' and status = 'SUCCEEDED' and provider = 'openai'`
  for (const command of ['check', 'repair']) {
    const { printed, failed } = await run('ledger', command)
    expect(failed).toBe(true)
    expect(printed).toMatch(
      /✗ Every counter .*: 1 wrong \(`ledger repair --apply` mends it\)\n {4}usage_hourly \S+ 2025-06-03T23:00:00Z \S+: cost is 855000001, must be 855000000\n/,
    )
  }
  const mended = await run('ledger', 'repair', '--apply')
  expect(mended.printed).toContain('mended hours: 1\n')
  expect(mended.failed).toBe(false)
  const report = JSON.parse((await run('ledger', 'check', '--json', '--from', '2025-06')).printed)
  expect(report).toMatchObject({ sound: true, dropped: [] })
  expect(report.months).not.toContain('2025-05')
})

it('prices calls anew at the prices of the configuration', async () => {
  const dry = await run('ledger', 'reprice', '--from', '2025-05-01', '--model', 'openai/gpt-5-mini', '--dry-run')
  expect(dry.printed).toMatch(
    /^MODEL +CALLS +BEFORE +AFTER +DIFFERENCE\nopenai\/gpt-5-mini +\d+ +0\.00\d+ +0\.00\d+ +0\.00\d+\ntotal/m,
  )
  expect(dry.printed).toContain('Nothing was changed: this was a dry run.\n')
  const done = await run('ledger', 'reprice', '--from', '2025-05-01', '--json')
  expect(JSON.parse(done.printed).models).toContainEqual(
    expect.objectContaining({ model: 'groq/gpt-5-mini', calls: 0, attempts: 0, unknown: 6 }),
  )
  const again = await run('ledger', 'reprice', '--from', '2025-05-01')
  expect(again.printed).toContain(
    'No price has changed.\nNo price is known of groq/gpt-5-mini: 6 attempt(s) left as they are.\n',
  )
  expect((await run('ledger', 'check')).failed).toBe(false)
  await expect(run('ledger', 'reprice', '--from', '2025-05', '--project', 'nobody')).rejects.toThrow(
    'There is no project "nobody".',
  )
})

it("takes a provider's report in and shows the difference", async () => {
  const file = join(folder, 'bill.csv')
  await writeFile(file, 'day,model,cost_usd\n2025-06-03,gpt-5-mini,2.5\n')
  const { printed } = await run('reconcile', 'import', 'openai', '--format', 'csv', '--file', file)
  expect(printed).toBe('openai csv: 1 row(s) of 2025-06-03 to 2025-06-03, $2.5\n')
  const again = await run('reconcile', 'import', 'openai', '--format', 'csv', '--file', file, '--json')
  expect(JSON.parse(again.printed)).toMatchObject([
    { provider: 'openai', format: 'csv', rows: 1, replaced: 1, costUsd: '2.5' },
  ])
  const report = await run('reconcile', 'report', '--from', '2025-06-03', '--to', '2025-06-04')
  expect(report.printed).toMatch(
    /^PROVIDER +DAY +MODEL +THEIRS +OURS +DIFFERENCE +UNEXPLAINED\nopenai +2025-06-03 +gpt-5-mini +2\.5 +0/,
  )
  expect(report.printed).toMatch(/\nWithout a report: \$0 of ours\n$/)

  await writeFile(file, 'day,model,cost\n')
  await expect(run('reconcile', 'import', 'openai', '--format', 'csv', '--file', file)).rejects.toThrow(
    'Unknown columns: cost',
  )
  await expect(run('reconcile', 'fetch', 'openai', '--from', '2025-06-03')).rejects.toThrow('There is no admin key')
  await expect(run('reconcile', 'fetch', 'nobody', '--from', '2025-06-03')).rejects.toThrow(
    'No provider "nobody" is configured.',
  )
})
