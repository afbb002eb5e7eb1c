import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeDatabases } from '../support/database.ts'
import type { Completion } from './answers.ts'
import { clientOf, eventually } from './client.ts'
import { only } from './event-stream.ts'
import { houseOf, leapingClock, newTag, type OpenHouse, openReplica } from './harness.ts'
import { present } from './present.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const newKey = () => randomBytes(8).toString('hex')

describeDatabases('idempotencyKey', (suite) => {
  const house = houseOf(suite)

  it('makes one request of many at once, and all get its answer', async () => {
    const client = await house().client()
    const tag = newTag()
    const input = {
      model: `openai/gpt-5-mini+headers=150+tag=${tag}`,
      prompt: 'Hi',
      idempotencyKey: newKey(),
    }
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.answer(input)))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await house().requests(tag)).toHaveLength(1)
    expect((await client.calls()).edges).toHaveLength(1)
  })

  it('joins a stream to a mutation, and a mutation to a stream', async () => {
    const client = await house().client()
    const tag = newTag()
    const input = {
      model: `openai/gpt-5-mini+slow=20+words=20+tag=${tag}`,
      prompt: 'Hi',
      idempotencyKey: newKey(),
    }
    const first = await client.stream(input)
    await first.until('TextDelta')
    const [whole, second] = await Promise.all([client.answer(input), client.stream(input)])
    const [events, joined] = await Promise.all([first.all(), second.all()])
    expect(joined).toEqual(events)
    expect(events.at(-1)).toMatchObject({ completion: { callId: whole.callId, text: whole.text } })
    expect(await house().requests(tag)).toHaveLength(1)
  })

  it('returns the first answer to a repeat and spends nothing', async () => {
    const client = await house().client()
    const tag = newTag()
    const input = {
      model: `openai/gpt-5-mini+tag=${tag}`,
      messages: [{ user: [{ text: 'Use get_time' }] }],
      tools: [{ name: 'get_time', parameters: { type: 'object', properties: { zone: { type: 'string' } } } }],
      idempotencyKey: newKey(),
    }
    const first = await client.answer(input)
    expect(first.toolCalls).toHaveLength(1)
    expect(await client.answer(input)).toEqual(first)
    const events = await (await client.stream(input)).all()
    expect(events.at(-1)).toMatchObject({ completion: { callId: first.callId, toolCalls: first.toolCalls } })
    expect(await house().requests(tag)).toHaveLength(1)
    expect((await client.calls()).edges).toHaveLength(1)
  })

  it('used with other input is an InvalidRequestError, but not in another project', async () => {
    const [client, other] = [await house().client(), await house().client()]
    const tag = newTag()
    const idempotencyKey = newKey()
    const input = { model: `openai/gpt-5-mini+tag=${tag}`, prompt: 'Hi', idempotencyKey }
    await client.answer(input)
    for (const changed of [{ prompt: 'Ho' }, { temperature: 0.5 }, { endUser: 'ada' }, { model: 'openai/gpt-5' }]) {
      const error = await client.refusal({ ...input, ...changed })
      expect(error).toMatchObject({ __typename: 'InvalidRequestError', issues: [{ path: ['idempotencyKey'] }] })
    }
    expect((await client.calls()).edges).toHaveLength(1)
    expect((await other.answer({ ...input, prompt: 'Ho' })).text).not.toBe('')
    expect(await house().requests(tag)).toHaveLength(2)
  })

  it('may be used again where the call failed, was refused or cancelled', async () => {
    const client = await house().client()
    const tag = newTag()
    const failing = { model: `openai/gpt-5-mini+400x1+tag=${tag}`, prompt: 'Hi', idempotencyKey: newKey() }
    await client.refusal(failing)
    expect((await client.answer(failing)).text).not.toBe('')

    const refused = { model: 'no-such-route', prompt: 'Hi', idempotencyKey: newKey() }
    expect(await client.refusal(refused)).toMatchObject({ __typename: 'NoCandidateError' })
    expect(await client.refusal(refused)).toMatchObject({ __typename: 'NoCandidateError' })

    const left = { model: `openai/gpt-5-mini+stall=2x1+tag=${newTag()}`, prompt: 'Hi', idempotencyKey: newKey() }
    const stream = await client.stream(left)
    const { callId } = await stream.until('TextDelta')
    stream.leave()
    await client.ended(callId)
    const again = await client.answer(left)
    expect(again.callId).not.toBe(callId)
  })

  it('is not used up by an invalid request', async () => {
    const client = await house().client()
    const input = { model: `openai/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi', idempotencyKey: newKey() }
    expect(await client.refusal({ ...input, temperature: 9 })).toMatchObject({ __typename: 'InvalidRequestError' })
    expect((await client.answer(input)).text).not.toBe('')
    const unknown = { ...input, idempotencyKey: newKey(), providerOptions: { nobody: {} } }
    expect(await client.refusal(unknown)).toMatchObject({ __typename: 'InvalidRequestError' })
    expect((await client.answer({ ...unknown, providerOptions: null })).text).not.toBe('')
  })
})

describeDatabases('idempotencyKey on two replicas', (suite) => {
  const clock = leapingClock()
  const house = houseOf(suite, { clock })
  let replica: OpenHouse
  beforeAll(async () => {
    replica = await openReplica(suite.database(), house().simulator, { clock })
  })
  afterAll(() => replica.close())

  it('joins a call that another replica runs', async () => {
    const here = await house().client()
    const there = clientOf(replica.url, here.secret)
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+slow=20+words=30+tag=${tag}`, prompt: 'Hi', idempotencyKey: newKey() }
    const first = await here.stream(input)
    await first.until('TextDelta')
    const [whole, stream, events] = await Promise.all([there.answer(input), there.stream(input), first.all()])
    const { completion } = await stream.until('CompletionFinished')
    expect(settledOnly(whole)).toEqual(settledOnly(completion))
    const [finished] = only(events, 'CompletionFinished')
    expect(settledOnly(present(finished).completion)).toEqual(settledOnly(whole))
    expect(await house().requests(tag)).toHaveLength(1)
  })

  it('makes one request of many at once', async () => {
    const here = await house().client()
    const there = clientOf(replica.url, here.secret)
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+headers=100+tag=${tag}`, prompt: 'Hi', idempotencyKey: newKey() }
    const answers = await Promise.all([here, there, here, there, there, here].map((client) => client.answer(input)))
    expect(new Set(answers.map(({ callId }) => callId)).size).toBe(1)
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await house().requests(tag)).toHaveLength(1)
  })

  it('tells the other replica how a call failed', async () => {
    const here = await house().client()
    const there = clientOf(replica.url, here.secret)
    const input = {
      model: `openai/gpt-5-mini+headers=300+400+tag=${newTag()}`,
      prompt: 'Hi',
      idempotencyKey: newKey(),
    }
    const first = here.refusal(input)
    await eventually(async () => ((await here.calls()).edges.length > 0 ? true : null))
    const second = await there.refusal(input)
    expect(second).toMatchObject({ __typename: 'InvalidRequestError', callId: (await first).callId })
    expect(second.attempts).toEqual((await first).attempts)
  })

  it('lets a joined caller leave without ending the call', async () => {
    const here = await house().client()
    const there = clientOf(replica.url, here.secret)
    const input = {
      model: `openai/gpt-5-mini+slow=20+words=30+tag=${newTag()}`,
      prompt: 'Hi',
      idempotencyKey: newKey(),
    }
    const first = await here.stream(input)
    await first.until('TextDelta')
    const controller = new AbortController()
    const joined = there.complete(input, controller.signal)
    setTimeout(() => controller.abort(), 100)
    await expect(joined).rejects.toThrow(/abort/i)
    expect((await first.all()).at(-1)?.__typename).toBe('CompletionFinished')
  })

  it('outlives a restart, and ends after 24 hours', async () => {
    const here = await house().client()
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+tag=${tag}`, prompt: 'Hi', idempotencyKey: newKey() }
    const first = await here.answer(input)
    const restarted = await openReplica(suite.database(), house().simulator, { clock })
    try {
      const there = clientOf(restarted.url, here.secret)
      expect(settledOnly(await there.answer(input))).toEqual(settledOnly(first))
      expect(await house().requests(tag)).toHaveLength(1)
      clock.leap(DAY_MS + 1_000)
      const second = await there.answer(input)
      expect(second.callId).not.toBe(first.callId)
      expect(await house().requests(tag)).toHaveLength(2)
    } finally {
      await restarted.close()
    }
  })
})

/** What a repeat on another replica must bring as it was first answered. */
function settledOnly(completion: Completion) {
  const { callId, text, finishReason, provider, model, usage, cost, attempts } = completion
  return { callId, text, finishReason, provider, model, usage, cost, attempts: attempts.map(({ number }) => number) }
}
