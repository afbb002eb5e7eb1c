import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import type { QuotaScope, QuotaUnit } from '../../src/core/quota.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { setQuota } from '../../src/ledger/quota/quota-admin.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { describePostgres } from '../support/database.ts'
import { expectSoundLedger } from '../support/ledger-check.ts'
import type { Input } from './client.ts'
import type { Orders, Tally } from './quota-replica.ts'

const REPLICAS = 4
const CALLS = 2_000
const PROGRAM = fileURLToPath(new URL('./quota-replica.ts', import.meta.url))
const USD = 10n ** 12n

interface Sample {
  readonly name: string
  readonly used: string
  readonly reserved: string
  readonly limit_amount: string
}

/** Looks at all windows as fast as it can, on a connection of its own, until it is stopped. */
function watch(database: Database) {
  let looks = 0
  let running = true
  const overruns: Sample[] = []
  const done = (async () => {
    while (running) {
      const samples = await database.sql<Sample[]>`
        select scope_type || ' ' || unit as name, used, reserved, limit_amount
        from quota_window join quota on quota.id = quota_id`
      looks += 1
      for (const sample of samples) {
        const taken = BigInt(sample.used) + BigInt(sample.reserved)
        if (taken > BigInt(sample.limit_amount)) overruns.push(sample)
      }
      // The replicas shall have the processor too.
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  })()
  return {
    overruns,
    looks: () => looks,
    async stop() {
      running = false
      await done
    },
  }
}

describePostgres('two thousand calls at once on four replicas', (suite) => {
  it('never overrun a quota at any instant, leave nothing reserved, and add up exactly', {
    timeout: 240_000,
  }, async () => {
    const database = suite.database()
    const a = await createKey(database, { project: 'a', scopes: ['complete'] })
    const a2 = await createKey(database, { project: 'a', scopes: ['complete'] })
    const b = await createKey(database, { project: 'b', scopes: ['complete'] })
    const projects = await database.sql<{ id: string; name: string }[]>`select id, name from project`
    const idOf = (name: string) => projects.find((project) => project.name === name)?.id ?? null
    const set = (project: string | null, scope: QuotaScope, unit: QuotaUnit, limit: bigint) =>
      setQuota(database, { projectId: project && idOf(project), scope, unit, window: 'TOTAL', limit })
    await set('a', { type: 'project' }, 'REQUESTS', 280n)
    await set('a', { type: 'apiKey', apiKeyId: a2.key.id }, 'CONCURRENT_CALLS', 25n)
    await set('a', { type: 'eachEndUser' }, 'REQUESTS', 10n)
    await set('a', { type: 'endUser', endUser: 'vip' }, 'REQUESTS', 25n)
    await set('b', { type: 'project' }, 'TOKENS', 30_000n)
    await set('b', { type: 'tag', key: 'team', value: 'red' }, 'USD', USD / 2_000n)
    await set('b', { type: 'route', route: 'shaky' }, 'REQUESTS', 1n)
    await set(null, { type: 'installation' }, 'REQUESTS', 1_000n)
    await set(null, { type: 'installation' }, 'USD', 20n * USD)

    const secrets = [a.secret, a.secret, a2.secret, b.secret, b.secret]
    const calls = Array.from({ length: CALLS }, (_, i) => {
      const lap = Math.floor(i / secrets.length)
      const input: Input = {
        model: lap % 4 === 1 ? 'shaky' : 'chat',
        prompt: `Tell me about number ${i}`,
        ...(i % 17 !== 0 && { maxOutputTokens: 80 }),
        ...(lap % 4 !== 1 && { endUser: lap % 4 === 2 ? 'vip' : `user-${lap % 6}` }),
        ...(lap % 2 === 0 && { tags: [{ key: 'team', value: 'red' }] }),
      }
      return { secret: secrets[i % secrets.length] ?? '', input }
    })

    const simulator = await startSimulator({ chunkDelayMs: 1 })
    const eye = await openDatabase(suite.settings())
    const other = await createKey(database, { project: 'other', scopes: ['complete'] })
    const more = Array.from({ length: 20 }, () => ({ secret: other.secret, input: { model: 'chat', prompt: 'Hi' } }))
    const replicas = await Promise.all(
      Array.from({ length: REPLICAS }, (_, at) =>
        startReplica({
          database: suite.settings(),
          simulatorUrl: simulator.url,
          waves: [calls.filter((_call, i) => i % REPLICAS === at), more],
        }),
      ),
    )
    const watched = watch(eye)
    const wave = async () => totalOf(await Promise.all(replicas.map((replica) => replica.wave())))
    const [tally, last] = await (async () => {
      const first = await wave()
      const [inAll] = await database.sql<{ used: string }[]>`
        select used from quota_window join quota on quota.id = quota_id
        where scope_type = 'installation' and unit = 'REQUESTS'`
      await set(null, { type: 'installation' }, 'REQUESTS', BigInt(inAll?.used ?? 0) + 30n)
      await new Promise((resolve) => setTimeout(resolve, 1_050))
      return [first, await wave()] as const
    })().finally(async () => {
      await Promise.all(replicas.map((replica) => replica.ended()))
      await watched.stop()
      await eye.close()
      await simulator.close()
    })

    expect([...tally.values()].reduce((sum, count) => sum + count, 0)).toBe(CALLS)
    expect(last).toEqual(
      new Map([
        ['STOP', 30],
        [expect.stringContaining('for the whole installation'), REPLICAS * more.length - 30],
      ]),
    )
    expect(watched.looks()).toBeGreaterThan(50)
    expect(watched.overruns).toEqual([])
    for (const whom of ['this project', 'this API key', 'each end user', 'the end user', 'the tag', '"shaky"']) {
      expect(
        [...tally.keys()].some((name) => name.includes(whom)),
        `${whom} in ${[...tally.keys()].join('; ')}`,
      ).toBe(true)
    }
    expect((tally.get('STOP') ?? 0) + (tally.get('LENGTH') ?? 0)).toBeGreaterThan(200)

    const left = await database.sql`select * from quota_window where reserved <> 0`
    expect(left).toEqual([])
    expect(await differences(database)).toEqual([])
    await expectSoundLedger(database)
    const doubled = await database.sql`
      select quota_id, subject, threshold from quota_event group by 1, 2, 3 having count(*) > 1`
    expect(doubled).toEqual([])
    const told = await database.sql<{ count: number }[]>`
      select count(*)::int as count from quota_event where threshold = 100`
    expect(told[0]?.count).toBeGreaterThan(5)
  })
})

/** What is used of each window beside the sum over the calls that it is for, where the two differ. */
async function differences(database: Database): Promise<readonly unknown[]> {
  return await database.sql`
    select scope_type, unit, subject, used, sum from quota_window join quota on quota.id = quota_id
    cross join lateral (
      select coalesce(sum(case unit
        when 'USD' then cost_input::numeric + cost_cached_input + cost_cache_write + cost_output
        when 'REQUESTS' then case when status = 'REFUSED' then 0 else 1 end
        when 'TOKENS' then (
          select coalesce(sum(input_tokens + output_tokens), 0) from attempt
          where attempt.call_id = call.id and attempt.created_at = call.created_at
        )
        else 0 end), 0) as sum
      from call
      where (call.project_id = quota.project_id or quota.project_id is null)
        and case scope_type
          when 'apiKey' then api_key_id::text = scope_value
          when 'endUser' then end_user = scope_value
          when 'eachEndUser' then end_user = subject
          when 'tag' then tags @> jsonb_build_array(jsonb_build_object('key', scope_key, 'value', scope_value))
          when 'route' then requested_model = scope_value
          else true end
    ) as calls
    where used <> sum`
}

interface Replica {
  /** Sends the next wave; what came of it. */
  wave(): Promise<Tally>
  /** Ends it where it has not ended. */
  ended(): Promise<void>
}

async function startReplica(orders: Orders): Promise<Replica> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(orders)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exit = once(child, 'exit')
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('A replica ended early')
    return value
  }
  await next()
  return {
    async wave() {
      child.stdin.write('go\n')
      return JSON.parse(await next())
    },
    async ended() {
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exit
      clearTimeout(late)
    },
  }
}

function totalOf(tallies: readonly Tally[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>()
  for (const [name, count] of tallies.flatMap((tally) => Object.entries(tally))) {
    total.set(name, (total.get(name) ?? 0) + count)
  }
  return total
}
