import { expect, it } from 'vitest'
import type { Client } from './client.ts'
import { only } from './event-stream.ts'
import { describeHouse, leapingClock, newTag } from './harness.ts'
import { present } from './present.ts'
import { provider, together } from './settings.ts'

const clock = leapingClock()
const config = (url: string) => ({
  providers: together([
    provider('flaky', url, { pricedAs: 'openai' }),
    provider('clumsy', url, { pricedAs: 'openai' }),
  ]),
})

describeHouse('a circuit', { config, clock, random: () => 0 }, (house) => {
  it('opens after five failures, is skipped without an event, probed, and closes again', async () => {
    const client = await house().client()
    const tag = newTag()
    const model = `flaky/gpt-5-mini+500x5+tag=${tag}`
    const fallbacks = [`anthropic/claude-haiku-4-5+tag=${tag}`]
    expect(await circuitOf(client, 'flaky')).toEqual({ circuit: 'CLOSED', errorRate: null })
    for (const requests of [2, 2, 1]) {
      expect((await client.refusal({ model, prompt: 'Hi' })).attempts).toHaveLength(requests)
    }
    expect(await circuitOf(client, 'flaky')).toEqual({ circuit: 'OPEN', errorRate: 1 })

    const refusal = await client.refusal({ model, prompt: 'Hi' })
    expect(refusal).toMatchObject({ retryable: true, attempts: [{ outcome: 'SHORT_CIRCUITED', costUsd: '0' }] })
    expect(refusal.retryAfterMs).toBeGreaterThan(0)
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(5_000)

    const events = await (await client.stream({ model, prompt: 'Hi', routing: { fallbacks } })).all()
    expect(only(events, 'CompletionStarted')[0]?.plan.candidates).toMatchObject([
      { provider: 'flaky', reason: expect.stringMatching(/circuit/) },
      { provider: 'anthropic' },
    ])
    expect(only(events, 'AttemptFailed')).toEqual([])
    expect(only(events, 'AttemptStarted')).toMatchObject([{ number: 2 }])
    const { completion } = present(only(events, 'CompletionFinished')[0])
    expect(completion.attempts).toMatchObject([{ outcome: 'SHORT_CIRCUITED' }, { outcome: 'SUCCEEDED' }])
    expect((await client.call(completion.callId))?.attempts).toEqual(completion.attempts)
    expect((await house().requests(tag)).filter(({ wire }) => wire === 'openai-chat')).toHaveLength(5)

    clock.leap(5_100)
    expect(await circuitOf(client, 'flaky')).toMatchObject({ circuit: 'HALF_OPEN' })
    expect((await client.answer({ model, prompt: 'Hi' })).attempts).toMatchObject([{ outcome: 'SUCCEEDED' }])
    expect(await circuitOf(client, 'flaky')).toMatchObject({ circuit: 'CLOSED' })
  })

  it('that is half-open lets one of many calls through, and a failed probe doubles its rest', async () => {
    const client = await house().client()
    const tag = newTag()
    const model = `openai-chat/gpt-4.1-mini+headers=100+500+tag=${tag}`
    for (let calls = 0; calls < 3; calls += 1) await client.refusal({ model, prompt: 'Hi' })
    clock.leap(5_100)
    const errors = await Promise.all([1, 2, 3, 4].map(() => client.refusal({ model, prompt: 'Hi' })))
    expect(await house().requests(tag)).toHaveLength(6)
    const outcomes = errors.map(({ attempts }) => attempts?.map(({ outcome }) => outcome).join(' '))
    expect(outcomes.sort()).toEqual(['FAILED', 'SHORT_CIRCUITED', 'SHORT_CIRCUITED', 'SHORT_CIRCUITED'])
    clock.leap(5_100)
    await client.refusal({ model, prompt: 'Hi' })
    expect(await house().requests(tag)).toHaveLength(6)
    clock.leap(5_100)
    await client.refusal({ model, prompt: 'Hi' })
    expect(await house().requests(tag)).toHaveLength(7)
  })

  it("is not opened by the caller's own mistakes, nor by callers that leave", async () => {
    const client = await house().client()
    for (const behaviour of ['+400', '+blocked', '+context', '+404']) {
      const model = `clumsy/gpt-5-mini${behaviour}+tag=${newTag()}`
      for (let calls = 0; calls < 6; calls += 1) await client.refusal({ model, prompt: 'Hi' })
    }
    const model = `clumsy/gpt-5-mini+silent+tag=${newTag()}`
    for (let calls = 0; calls < 6; calls += 1) {
      const stream = await client.stream({ model, prompt: 'Hi' })
      const { callId } = await stream.until('AttemptStarted')
      stream.leave()
      await client.ended(callId)
    }
    expect(await circuitOf(client, 'clumsy')).toMatchObject({ circuit: 'CLOSED' })
  })
})

interface Health {
  readonly name: string
  readonly circuit: string
  readonly errorRate: number | null
}

async function circuitOf(client: Client, name: string) {
  const { data } = await client.post<{ providers: Health[] }>('{ providers { name circuit errorRate } }')
  const { circuit, errorRate } = present(data?.providers.find((each) => each.name === name))
  return { circuit, errorRate }
}
