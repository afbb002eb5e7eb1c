import { describe, expect, it } from 'vitest'
import type { Call } from './answers.ts'
import { type Client, eventually } from './client.ts'
import { describeHouse, newTag } from './harness.ts'
import { picodollars } from './money.ts'
import { present } from './present.ts'
import { priced, priority, route, together } from './settings.ts'

const TAG = newTag()
const ANSWERS = `openai/gpt-5-mini+tag=${TAG}`
const SHADOW = `anthropic/claude-haiku-4-5+tag=${TAG}`
const SLOW = `anthropic/claude-haiku-4-5+first-token=700+tag=${TAG}`
const BROKEN = `openai/gpt-5-mini+404+tag=${TAG}`
const FREE = `google/gemini-0-unknown+tag=${TAG}`

const budget = { usd: '1', per: 'day' } as const
const shadowed = (name: string, shadows: readonly string[], more = {}) =>
  route(name, { strategy: 'shadow', models: ['answers'], shadows, share: 1, budget, ...more })

const config = () => ({
  models: together([priced(ANSWERS), priced(SHADOW), priced(SLOW), priced(BROKEN)]),
  routes: together([
    priority('answers', [ANSWERS]),
    shadowed('watched', [SHADOW]),
    shadowed('slowly', [SLOW]),
    shadowed('never', [SHADOW], { share: 0 }),
    shadowed('poor', [SHADOW], { budget: { usd: '0.000000001', per: 'hour' } }),
    shadowed('unpriced', [FREE]),
    route('failing', { strategy: 'shadow', models: [BROKEN], shadows: [SHADOW], share: 1, budget }),
    // Room for one answer of at most 100 tokens at $0.60 a million, and not for two.
    shadowed('scarce', [SHADOW], { budget: { usd: '0.00011', per: 'day' } }),
  ]),
})

/** The copies of a call that have ended. */
async function copiesOf(client: Client, callId: string): Promise<readonly Call[]> {
  const filter = { tags: [{ key: 'switchyard.shadowOf', value: callId }] }
  const { edges } = await client.calls({ filter })
  return edges.map(({ node }) => node).filter(({ status }) => status !== 'RUNNING')
}

function copyOf(client: Client, callId: string): Promise<Call> {
  return eventually(async () => (await copiesOf(client, callId))[0] ?? null)
}

/** Long enough for a copy to be sent, had there been one. */
const sentByNow = () => new Promise((resolve) => setTimeout(resolve, 150))

describeHouse('a shadow', { config, random: () => 0.5 }, (house) => {
  it.each(['unary', 'stream'])('gets a copy of a call (%s), which its caller never sees', async (delivery) => {
    const client = await house().client()
    const input = { model: 'watched', prompt: 'Hi', endUser: 'u1', tags: [{ key: 'team', value: 'blue' }] }
    const answer =
      delivery === 'unary'
        ? await client.answer(input)
        : (await (await client.stream(input)).until('CompletionFinished')).completion
    expect(answer).toMatchObject({ provider: 'openai', attempts: [{ provider: 'openai' }] })

    const copy = await copyOf(client, answer.callId)
    expect(copy).toMatchObject({
      status: 'SUCCEEDED',
      requestedModel: SHADOW,
      provider: 'anthropic',
      endUser: 'u1',
      tags: [
        { key: 'team', value: 'blue' },
        { key: 'switchyard.shadowOf', value: answer.callId },
        { key: 'switchyard.shadowRoute', value: 'watched' },
      ],
      attempts: [{ provider: 'anthropic', outcome: 'SUCCEEDED' }],
    })
    expect(copy.usage.outputTokens).toBeGreaterThan(0)
    expect(picodollars(present(copy.cost.totalUsd))).toBeGreaterThan(0n)
    const original = present(await client.call(answer.callId))
    expect(original).toMatchObject({ attempts: answer.attempts, cost: answer.cost })
  })

  it('has its answer kept, to be read by its id', async () => {
    const client = await house().client()
    const answer = await client.answer({ model: 'watched', prompt: 'Why is the sky blue?' })
    const copy = await copyOf(client, answer.callId)
    const { completion } = await (await client.callEvents(copy.id)).until('CompletionFinished')
    expect(completion).toMatchObject({ callId: copy.id, provider: 'anthropic' })
    expect(completion.text.length).toBeGreaterThan(10)
  })

  it('does not hold up the caller, nor ends when it leaves', async () => {
    const client = await house().client()
    const started = performance.now()
    const stream = await client.stream({ model: 'slowly', prompt: 'Hi' })
    const { completion } = await stream.until('CompletionFinished')
    stream.leave()
    expect(performance.now() - started).toBeLessThan(600)
    expect(await copyOf(client, completion.callId)).toMatchObject({ status: 'SUCCEEDED', requestedModel: SLOW })
  })

  it('gets one copy of a call that is repeated under its key', async () => {
    const client = await house().client()
    const input = { model: 'watched', prompt: 'Hi', idempotencyKey: 'once' }
    const answer = await client.answer(input)
    expect((await client.answer(input)).callId).toBe(answer.callId)
    await copyOf(client, answer.callId)
    await sentByNow()
    expect(await copiesOf(client, answer.callId)).toHaveLength(1)
  })

  it.each(['never', 'poor', 'unpriced'])('gets no copy: %s', async (name) => {
    const client = await house().client()
    const answer = await client.answer({ model: name, prompt: 'Hi' })
    await sentByNow()
    expect(await copiesOf(client, answer.callId)).toEqual([])
  })

  it('gets no copy of what failed', async () => {
    const client = await house().client()
    const { callId } = await client.refusal({ model: 'failing', prompt: 'Hi' })
    await sentByNow()
    expect(await copiesOf(client, callId)).toEqual([])
  })

  describe('with a budget', () => {
    it('never costs more, whatever comes at once', async () => {
      const client = await house().client()
      const input = { model: 'scarce', prompt: 'Hi', maxOutputTokens: 100 }
      const answers = await Promise.all(Array.from({ length: 8 }, () => client.answer(input)))
      await copyOf(
        client,
        await firstCopied(
          client,
          answers.map(({ callId }) => callId),
        ),
      )
      await sentByNow()
      const copies = (await Promise.all(answers.map(({ callId }) => copiesOf(client, callId)))).flat()
      const spent = copies.reduce((sum, { cost }) => sum + picodollars(present(cost.totalUsd)), 0n)
      expect(copies.length).toBeGreaterThan(0)
      expect(spent).toBeLessThanOrEqual(picodollars('0.00011'))
    })
  })
})

function firstCopied(client: Client, callIds: readonly string[]): Promise<string> {
  return eventually(async () => {
    for (const id of callIds) if ((await copiesOf(client, id)).length > 0) return id
    return null
  })
}
