import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { describePostgres } from '../support/database.ts'
import { type FlakyProxy, flakyProxy } from '../support/flaky-proxy.ts'

describePostgres('connections to a server that break', (suite) => {
  let proxy: FlakyProxy
  let database: Database

  beforeAll(async () => {
    const settings = suite.settings()
    if (settings.type !== 'postgres') throw new Error('These tests need a server')
    const url = new URL(settings.url)
    proxy = await flakyProxy({ host: url.hostname, port: Number(url.port || 5432) })
    url.hostname = '127.0.0.1'
    url.port = String(proxy.port)
    database = await openDatabase({ type: 'postgres', url: url.href, connections: 2 })
  })

  afterAll(async () => {
    await database.close()
    await proxy.close()
  })

  it('are made anew, also where a statement was sent at the very moment that they broke', async () => {
    const bothOpen = () => Promise.all([database.sql`select pg_sleep(0.1)`, database.sql`select pg_sleep(0.1)`])
    for (let round = 0; round < 5; round += 1) {
      await bothOpen()
      // One connection is busy and one is idle when both break; the next statement is sent as soon as the first has failed.
      const again = database.sql`select pg_sleep(5)`.catch(() => database.sql`select 1`.catch(() => 'lost'))
      await database.sql`select 1`
      await proxy.cut()
      await proxy.restore()
      await again
      const after = await Promise.allSettled(Array.from({ length: 4 }, () => database.sql`select 2`))
      expect(after.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled'])
    }
  })

  it('are made anew where nothing comes over them any more, and nothing ends them', async () => {
    await Promise.all([database.sql`select pg_sleep(0.1)`, database.sql`select pg_sleep(0.1)`])
    proxy.silenceAt('select 99')
    for (const _ of [1, 2]) database.sql`select 99`.catch(() => {})
    let answered = false
    const asking = setInterval(() => {
      database.sql`select 100`.then(
        () => {
          answered = true
        },
        () => {},
      )
    }, 200)
    await expect.poll(() => answered, { timeout: 40_000 }).toBe(true)
    clearInterval(asking)
  }, 60_000)

  it('take what listens with them only for a moment', async () => {
    let heard = 0
    const stop = await database.listen('pool_test', () => {
      heard += 1
    })
    await proxy.cut()
    await proxy.restore()
    const before = heard
    await expect
      .poll(async () => {
        await database.sql`select pg_notify('pool_test', '')`.catch(() => {})
        return heard
      })
      .toBeGreaterThan(before)
    await stop()
  })
})
