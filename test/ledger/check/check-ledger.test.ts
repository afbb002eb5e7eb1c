import { beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { checkLedger } from '../../../src/ledger/check/check-ledger.ts'
import { CHECKS, type CheckName } from '../../../src/ledger/check/violation.ts'
import { repairLedger } from '../../../src/ledger/repair/repair-ledger.ts'
import { describeDatabases } from '../../support/database.ts'
import { expectSoundLedger } from '../../support/ledger-check.ts'
import { givenLedger } from './given-ledger.ts'

/** One call of May that succeeded with a failed attempt before. */
const RETRIED = `(select id from call where attempts = 2 and status = 'SUCCEEDED' order by id limit 1)`

/** Attempts that are not what their calls' tokens are of. */
const ASIDE = `number = 2 and provider = 'groq'`

interface Break {
  readonly title: string
  /** What is done to the ledger. */
  readonly sql: string
  /** What of it is found, as `table field`; other checks may find more. */
  readonly found: Partial<Record<CheckName, string>>
  /** How it is undone, where a repair leaves it to people. */
  readonly undo?: string
}

const BREAKS: readonly Break[] = [
  {
    title: 'a counter of the hourly rollup',
    sql: 'update usage_hourly set input_tokens = input_tokens + 1 where hour < now()',
    found: { ROLLUPS: 'usage_hourly input_tokens' },
  },
  {
    title: 'money of the hourly rollup',
    sql: `update usage_hourly set cost = cost - 1 where status = 'SUCCEEDED'`,
    found: { ROLLUPS: 'usage_hourly cost' },
  },
  {
    title: 'a sketch of the hourly rollup',
    sql: `update usage_hourly set latency = '{"7": 1}' where status = 'SUCCEEDED'`,
    found: { ROLLUPS: 'usage_hourly latency' },
  },
  {
    title: 'rows of the hourly rollup that are gone',
    sql: `delete from usage_hourly where hour = '2025-05-20T11:00Z'`,
    found: { ROLLUPS: 'usage_hourly attempts' },
  },
  {
    title: 'a row of the hourly rollup that nobody called for',
    sql: `insert into usage_hourly (project_id, hour, group_key, requested_model, status, calls, attempts, cache_hits,
        input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost, wasted, saved, unpriced_calls, latency,
        first_token)
      values (gen_random_uuid(), '2025-06-03T23:00Z', gen_random_uuid(), 'x', 'FAILED', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        '{}', '{}')`,
    found: { ROLLUPS: 'usage_hourly calls' },
  },
  ...[
    { grain: 'HOUR', column: 'output_tokens' },
    { grain: 'DAY', column: 'cache_hits' },
    { grain: 'MONTH', column: 'cancelled' },
  ].map(({ grain, column }) => ({
    title: `what is summed up by ${grain}`,
    sql: `update usage_rollup set ${column} = coalesce(${column}, 0) + 5 where grain = '${grain}' and kind = 'total'`,
    found: { ROLLUPS: `usage_rollup ${column}` },
  })),
  {
    title: 'what is summed up by tag',
    sql: `delete from usage_rollup where kind like 'tag:%' and grain = 'DAY'`,
    found: { ROLLUPS: 'usage_rollup calls' },
  },
  {
    title: 'what is summed up by two tags',
    sql: `update usage_rollup set reasoning_tokens = reasoning_tokens + 1 where kind like 'two_tags:%' and grain = 'DAY'`,
    found: { ROLLUPS: 'usage_rollup reasoning_tokens' },
  },
  {
    title: 'which values of a tag are named',
    sql: `insert into usage_named (project_id, tag, grain, period, known, named)
      select project_id, md5('team'), 'DAY', period, 12, '{a,b}' from usage_rollup
      where kind = 'total' and grain = 'DAY' and period < '2025-06-01Z' limit 1`,
    found: { ROLLUPS: 'usage_named known' },
  },
  {
    title: 'what is summed up of calls without an end user',
    sql: `update usage_rollup set calls = calls + 1 where kind = 'anonymous_model' and grain = 'DAY'`,
    found: { ROLLUPS: 'usage_rollup calls' },
  },
  {
    title: 'an hour of the last days that nobody called in',
    sql: `insert into usage_rollup select (jsonb_populate_record(kept, jsonb_build_object(
        'grain', 'RECENT', 'period', date_trunc('hour', now() - interval '3 hours')))).*
      from usage_rollup as kept where kind = 'api_key' and grain = 'DAY' limit 1`,
    found: { ROLLUPS: 'usage_rollup calls' },
  },
  {
    title: 'what is summed up of end users by model',
    sql: `delete from usage_rollup where kind = 'end_user_model'`,
    found: { ROLLUPS: 'usage_rollup calls' },
  },
  {
    title: 'a sketch that is summed up',
    sql: `update usage_rollup set first_token = '1:9' where kind = 'coarse'`,
    found: { ROLLUPS: 'usage_rollup first_token' },
  },
  {
    title: 'the cost of a call',
    sql: `update call set cost_output = cost_output + 1 where id = ${RETRIED}`,
    found: { ATTEMPT_SUMS: 'call cost_output', ROLLUPS: 'usage_hourly cost' },
  },
  {
    title: 'the wasted part, the number of attempts, the tokens and the pricedness of a call',
    sql: `update call set wasted = 0, attempts = 7, input_tokens = 121, priced = false where id = ${RETRIED}`,
    found: { ATTEMPT_SUMS: 'call attempts' },
  },
  {
    title: 'what is used of a quota',
    sql: 'update quota_window set used = used + 1',
    found: { QUOTA_USED: 'quota_window used' },
  },
  {
    title: 'a window of a quota that does not end, and is gone',
    sql: `delete from quota_window where window_start = '1970-01-01Z'`,
    found: { QUOTA_USED: 'quota_window used', QUOTA_RESERVED: 'quota_window reserved' },
  },
  {
    title: 'what a call was charged',
    sql: `update call set charges = jsonb_set(charges, '{0,used}', '"1"') where id = (
      select id from call where status = 'SUCCEEDED' and attempts = 1 and jsonb_array_length(charges) = 2
        and created_at < '2025-06-01Z' limit 1)`,
    found: { QUOTA_USED: 'call charges' },
  },
  {
    title: 'all attempts of a call',
    sql: `delete from attempt where call_id = (
      select id from call where status = 'SUCCEEDED' and attempts = 1 and priced and created_at < '2025-06-01Z' limit 1)`,
    found: { ATTEMPT_SUMS: 'call attempts' },
  },
  {
    title: 'what is reserved of a quota',
    sql: 'update quota_window set reserved = reserved + 3',
    found: { QUOTA_RESERVED: 'quota_window reserved' },
  },
  {
    title: 'a reservation of a call that has ended',
    sql: `update call set reservations = '[]' where id = ${RETRIED}`,
    found: { RESERVATIONS: 'call reservations' },
  },
  {
    title: 'a lease that ran out, and nobody swept',
    sql: `update call set lease_until = now() - interval '5 minutes' where status = 'RUNNING'`,
    found: { LEASES: 'call lease_until' },
  },
  {
    title: 'a window of a quota that is gone',
    sql: `alter table quota_window drop constraint quota_window_quota_id_quota_id_fk;
      insert into quota_window (quota_id, window_start, used, reserved) values (gen_random_uuid(), now(), 0, 0)`,
    found: { ORPHANS: 'quota_window quota_id' },
  },
  {
    title: 'a part that is larger than its whole',
    sql: `update attempt set reasoning_tokens = output_tokens + 1 where ${ASIDE}`,
    found: { COMPONENTS: 'attempt reasoning_tokens' },
    undo: `update attempt set reasoning_tokens = 20 where ${ASIDE}`,
  },
  {
    title: 'an attempt whose cost is not that of its price',
    sql: `update attempt set price = jsonb_set(price, '{units,input}', '"1"') where ${ASIDE}`,
    found: { PRICES: 'attempt cost_input' },
    undo: `update attempt set price = jsonb_set(price, '{units,input}', '"250000"') where ${ASIDE}`,
  },
  {
    title: 'an attempt without its call',
    sql: `insert into attempt select gen_random_uuid(), created_at, number, project_id, provider, model, answered_model, key_name,
      outcome, failure_kind, failure_message, http_status, started_at, duration_ms from attempt limit 1`,
    found: { ORPHANS: 'attempt call_id' },
    undo: 'delete from attempt where not exists (select from call where call.id = call_id)',
  },
  {
    title: 'a rating without its call',
    sql: `insert into rating (call_id, metric, api_key_id, project_id, call_created_at, score, rated_at)
      values (gen_random_uuid(), 'helpful', gen_random_uuid(), gen_random_uuid(), '2025-05-20Z', 1, now())`,
    found: { ORPHANS: 'rating call_id' },
    undo: 'delete from rating',
  },
  {
    title: 'a kept answer without its call',
    sql: `insert into idempotency
        (project_id, key_hash, input_hash, call_id, call_created_at, claimed_at, expires_at, answer)
      values (gen_random_uuid(), 'x', 'y', gen_random_uuid(), '2025-06-20Z', now(), now(), '{}')`,
    found: { ORPHANS: 'idempotency call_id' },
    undo: 'delete from idempotency',
  },
  {
    title: 'a month whose table is not attached',
    sql: 'create table call_2025_05 (like call)',
    found: { PARTITIONS: 'call_default created_at' },
    undo: 'drop table call_2025_05',
  },
]

describeDatabases('the check of the ledger', (suite) => {
  const sql = () => suite.database().sql
  const check = () => checkLedger(suite.database(), { now: Date.now() })
  const repair = () => repairLedger(suite.database(), { from: null, to: null, clock: systemClock })
  const repairs = async () =>
    Number((await sql()`select count(*) as n from audit where action = 'REPAIR_LEDGER'`)[0]?.n ?? 0)

  beforeAll(async () => {
    await givenLedger(suite.database())
  })

  it('finds nothing in a ledger that adds up, and a repair of it changes nothing', async () => {
    const report = await check()
    expect(report.results.filter(({ violations }) => violations > 0)).toEqual([])
    expect(report.results.map(({ check: name }) => name)).toEqual(Object.keys(CHECKS))
    expect(report).toMatchObject({ sound: true, dropped: [] })
    expect(report.months).toEqual(expect.arrayContaining(['2025-05', '2025-06', new Date().toISOString().slice(0, 7)]))
    await repair()
    expect(await repairs()).toBe(0)
  })

  // Together, since a check of everything takes its time; each is found by a table and field of its own.
  it('finds whatever is wrong, and mends what is made of other rows', async () => {
    const breaks = BREAKS.filter(({ undo }) => undo === undefined)
    for (const { sql: broken } of breaks) await sql().unsafe(broken)
    await expectFound(breaks)
    const { after } = await repair()
    expect(after.results.filter(({ violations }) => violations > 0)).toEqual([])
    const subjects = await sql()<{ subject: string }[]>`
      select distinct split_part(subject, '/', 2) as subject from audit where action = 'REPAIR_LEDGER'`
    expect(subjects.map(({ subject }) => subject).sort()).toEqual([
      'call',
      'quota_window',
      'usage_hourly',
      'usage_rollup',
    ])
    const before = await repairs()
    await repair()
    expect(await repairs()).toBe(before)
  })

  it('finds what only people can decide on, and leaves it to them', async () => {
    const breaks = BREAKS.filter(({ undo }) => undo !== undefined)
    for (const { sql: broken } of breaks) await sql().unsafe(broken)
    await expectFound(breaks)
    const before = await repairs()
    expect((await repair()).after.sound).toBe(false)
    expect(await repairs()).toBe(before)
    for (const { undo = '' } of breaks) await sql().unsafe(undo)
    await expectSoundLedger(suite.database())
  })

  async function expectFound(breaks: readonly Break[]): Promise<void> {
    const report = await checkLedger(suite.database(), { now: Date.now(), examples: 10_000 })
    expect(report.sound).toBe(false)
    for (const { title, found } of breaks) {
      for (const [name, where] of Object.entries(found)) {
        const examples = report.results.find((each) => each.check === name)?.examples ?? []
        expect(
          examples.map(({ place, field }) => `${place} ${field}`),
          title,
        ).toContain(where)
      }
    }
  }

  it('says where, what is found and what must be', async () => {
    const [call] = await sql()<{ id: string }[]>`
      update call set cost_output = cost_output + 2 where attempts = 2 and status = 'SUCCEEDED' and cost_output = 240000000
      and created_at > '2025-06-01Z' returning id`
    const { results } = await checkLedger(suite.database(), { now: Date.now(), checks: ['ATTEMPT_SUMS'] })
    expect(results).toEqual([
      {
        check: 'ATTEMPT_SUMS',
        violations: 1,
        examples: [{ place: 'call', key: call?.id, field: 'cost_output', expected: '240000000', found: '240000002' }],
      },
    ])
    await sql()`update call set cost_output = 240000000 where id = ${call?.id ?? ''}::uuid`
    await expectSoundLedger(suite.database())
  })

  it('looks at the months of its range only', async () => {
    await sql()`update usage_hourly set calls = calls + 1 where hour < '2025-06-01Z'`
    const june = await checkLedger(suite.database(), {
      now: Date.now(),
      from: Date.UTC(2025, 5),
      to: Date.UTC(2025, 6),
    })
    expect(june).toMatchObject({ sound: true, months: ['2025-06'] })
    const may = await checkLedger(suite.database(), { now: Date.now(), to: Date.UTC(2025, 4, 2), examples: 2 })
    expect(may).toMatchObject({ sound: false, months: ['2025-05'] })
    expect(may.results.find(({ check: name }) => name === 'ROLLUPS')?.examples).toHaveLength(2)
    await repair()
    await expectSoundLedger(suite.database())
  })

  it('leaves hours alone whose calls were dropped, and what their calls used of a quota', async () => {
    await sql().unsafe(`
      delete from call where created_at < '2025-06-01Z';
      delete from attempt where created_at < '2025-06-01Z';
      update usage_progress set at = '2025-06-01Z' where name = 'kept';
      update quota set created_at = '2025-01-01Z'`)
    const rows = () => sql()`select * from usage_hourly where hour < '2025-06-01Z' order by hour, group_key`
    const windows = () => sql()`select used from quota_window where window_start < '2000-01-01Z'`
    const kept = [await rows(), await windows()]
    expect(await check()).toMatchObject({ sound: true, dropped: ['2025-05'] })
    await sql()`update usage_hourly set calls = 1000 where hour >= '2025-06-01Z'`
    await sql()`update quota_window set reserved = reserved + 1`
    expect((await repair()).after.sound).toBe(true)
    expect([await rows(), await windows()]).toEqual(kept)
  })
})
