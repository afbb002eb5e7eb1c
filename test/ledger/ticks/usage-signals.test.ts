import { expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { openDatabase } from '../../../src/database/database.ts'
import { usageSignals } from '../../../src/ledger/ticks/usage-signals.ts'
import { describePostgres } from '../../support/database.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { newId } from '../sample-calls.ts'

describePostgres('signals of usage', (suite) => {
  it('reach the other replicas, of one project only, once for many calls, until they are no longer wanted', async () => {
    const second = await openDatabase(suite.settings())
    const clock = manualClock()
    const here = usageSignals(suite.database(), systemClock)
    const there = usageSignals(second, clock)
    const [mine, another] = [newId(), newId()]
    let heard = 0
    const stop = here.watch(mine, () => {
      heard += 1
    })
    // One comes when it has begun to listen, since some may have been missed before.
    await expect.poll(() => heard).toBe(1)

    for (let calls = 0; calls < 50; calls += 1) there.changed(mine)
    there.changed(another)
    clock.pass(100)
    await expect.poll(() => heard).toBe(2)

    const listening = async () => {
      const [row] = await second.sql`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and query ilike ${`unlisten%${mine}%`}`
      return row?.n
    }
    stop()
    await expect.poll(listening).toBe(1)
    there.changed(mine)
    clock.pass(100)
    // A notice is handed on with what its connection says next: by now it would have come.
    await second.sql`select pg_sleep(0.1)`
    expect(heard).toBe(2)
    here.close()
    there.close()
    await second.close()
  })
})
