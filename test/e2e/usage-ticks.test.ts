import { createClient } from 'graphql-sse'
import { expect, it } from 'vitest'
import { describeDatabases } from '../support/database.ts'
import { clientOf, eventually } from './client.ts'
import { describeHouse, houseOf, newTag, openReplica } from './harness.ts'
import { picodollars } from './money.ts'

const TICKS = `subscription ($filter: UsageFilter, $everyMs: Int) {
  usageTicks(filter: $filter, everyMs: $everyMs) { from to calls succeeded failed inputTokens outputTokens costUsd }
}`

interface Tick {
  readonly from: string
  readonly to: string
  readonly calls: number
  readonly succeeded: number
  readonly failed: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: string
}

/** Follows over server-sent events with the graphql-sse client; the ticks so far are in `ticks`. */
function follow(url: string, secret: string, variables: Readonly<Record<string, unknown>> = {}) {
  const sse = createClient({ url, headers: { authorization: `Bearer ${secret}` }, retryAttempts: 0 })
  const ticks: Tick[] = []
  const ended = (async () => {
    for await (const { data, errors } of sse.iterate<{ usageTicks: Tick }>({ query: TICKS, variables })) {
      if (errors) throw new Error(JSON.stringify(errors))
      if (data) ticks.push(data.usageTicks)
    }
  })()
  ended.catch(() => {})
  const sum = (field: 'calls' | 'succeeded' | 'failed' | 'inputTokens' | 'outputTokens') =>
    ticks.reduce((total, tick) => total + tick[field], 0)
  return {
    ticks,
    ended,
    sum,
    cost: () => ticks.reduce((total, { costUsd }) => total + picodollars(costUsd), 0n),
    begun: () => eventually(async () => (ticks.length > 0 ? true : null)),
    untilCalls: (calls: number) => eventually(async () => (sum('calls') >= calls ? true : null)),
    leave: () => sse.dispose(),
  }
}

describeDatabases('ticks of usage on two replicas', (suite) => {
  const house = houseOf(suite)

  it('have each call of both once', async () => {
    const replica = await openReplica(suite.database(), house().simulator, {})
    const client = await house().client()
    const there = clientOf(replica.url, client.secret)
    const all = follow(house().url, client.secret, { everyMs: 250 })
    const failures = follow(replica.url, client.secret, { everyMs: 250, filter: { status: ['FAILED'] } })
    await Promise.all([all.begun(), failures.begun()])
    const broken = `openai/gpt-5-mini+404+tag=${newTag()}`
    await Promise.all(
      Array.from({ length: 12 }, (_, at) => {
        const frontend = at % 2 === 0 ? client : there
        return frontend.complete({ model: at % 3 === 0 ? broken : 'openai/gpt-5-mini', prompt: 'Hi' })
      }),
    )
    await Promise.all([all.untilCalls(12), failures.untilCalls(4)])

    const range = {
      from: new Date(Date.now() - 3_600_000).toISOString(),
      to: new Date(Date.now() + 60_000).toISOString(),
    }
    const { total } = await client.usage({ range })
    expect(total.calls).toBe(12)
    expect([all.sum('calls'), all.sum('succeeded'), all.sum('failed')]).toEqual([12, 8, 4])
    expect(all.sum('inputTokens')).toBe(total.inputTokens)
    expect(all.sum('outputTokens')).toBe(total.outputTokens)
    expect(all.cost()).toBe(picodollars(total.costUsd))
    expect([failures.sum('calls'), failures.sum('failed')]).toEqual([4, 4])
    expect(all.ticks.map(({ from }) => from).slice(1)).toEqual(all.ticks.map(({ to }) => to).slice(0, -1))

    // A replica that stops ends what is followed there, and nothing else.
    await replica.close()
    await failures.ended
    all.leave()
  })
})

describeHouse('whoever follows usage', {}, (house) => {
  it('needs a key with the scope `read`, and sees its own project only', async () => {
    const completing = await house().client({ scopes: ['complete'] })
    await expect(follow(house().url, completing.secret).ended).rejects.toThrow('FORBIDDEN')
    const [client, other] = [await house().client(), await house().client()]
    const followed = follow(house().url, client.secret, { everyMs: 250 })
    await followed.begun()
    await other.answer({ model: 'openai/gpt-5-mini', prompt: 'Hi' })
    await client.answer({ model: 'openai/gpt-5-mini', prompt: 'Hi' })
    await followed.untilCalls(1)
    const { length } = followed.ticks
    await eventually(async () => (followed.ticks.length >= length + 2 ? true : null))
    expect(followed.sum('calls')).toBe(1)
    followed.leave()
  })

  it.each([249, 60_001])('is told that every %i ms is out of bounds', async (everyMs) => {
    const { secret } = await house().client()
    await expect(follow(house().url, secret, { everyMs }).ended).rejects.toThrow('BAD_USER_INPUT')
  })
})
