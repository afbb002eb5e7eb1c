import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { describeHouse, leapingClock, newTag } from './harness.ts'
import { present } from './present.ts'

const clock = leapingClock()
const slow = () => `openai/gpt-5-mini+slow=20+words=30+tag=${newTag()}`

describeHouse('callEvents', { clock }, (house) => {
  it('replay an ended call, whole or from behind a number', async () => {
    const client = await house().client()
    const events = await (await client.stream({ model: slow(), prompt: 'Hi' })).all()
    const { callId } = present(events[0])
    expect(await (await client.callEvents(callId)).all()).toEqual(events)
    for (const after of [1, 3, events.length - 1]) {
      expect(await (await client.callEvents(callId, after)).all()).toEqual(events.slice(after))
    }
    expect(await (await client.callEvents(callId, events.length)).all()).toEqual([])
    expect(await (await client.callEvents(callId, 1_000_000)).all()).toEqual([])
  })

  it('join a call under way: both readers see the same events with the same numbers', async () => {
    const client = await house().client()
    const first = await client.stream({ model: slow(), prompt: 'Hi' })
    const { callId } = await first.until('TextDelta')
    const [second, third] = [await client.callEvents(callId), await client.callEvents(callId, 2)]
    const all = await Promise.all([first.all(), second.all(), third.all()])
    expect(all[1]).toEqual(all[0])
    expect(all[2]).toEqual(all[0].slice(2))
  })

  it('keep a call alive whose first reader left, and end it when the last one leaves', async () => {
    const client = await house().client()
    const first = await client.stream({ model: slow(), prompt: 'Hi' })
    const { callId } = await first.until('TextDelta')
    const second = await client.callEvents(callId)
    await second.until('TextDelta')
    first.leave()
    expect((await second.all()).at(-1)?.__typename).toBe('CompletionFinished')

    const third = await client.stream({ model: slow(), prompt: 'Hi' })
    const { callId: other } = await third.until('TextDelta')
    const fourth = await client.callEvents(other)
    await fourth.until('TextDelta')
    third.leave()
    fourth.leave()
    expect(await client.ended(other)).toMatchObject({ status: 'CANCELLED' })
  })

  it('follow a mutation', async () => {
    const client = await house().client()
    const whole = client.answer({ model: slow(), prompt: 'Hi' })
    const { edges } = await untilSome(() => client.calls())
    const events = await (await client.callEvents(present(edges[0]).node.id)).all()
    expect(events.at(-1)).toMatchObject({ __typename: 'CompletionFinished', completion: { text: (await whole).text } })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  })

  it('tell only the last event of a call that ended more than five minutes ago', async () => {
    const client = await house().client()
    const input = { model: `openai/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi' }
    const key = randomBytes(6).toString('hex')
    const kept = await (await client.stream({ ...input, idempotencyKey: key })).all()
    const notKept = await (await client.stream(input)).all()
    const failed = await (await client.stream({ ...input, model: `openai/gpt-5-mini+400+tag=${newTag()}` })).all()
    clock.leap(301_000)
    // Ended calls are dropped when another ends.
    await client.answer({ ...input, prompt: 'Ho' })

    expect(await (await client.callEvents(present(kept[0]).callId)).all()).toEqual(kept.slice(-1))
    const [late, ...more] = await (await client.callEvents(present(notKept[0]).callId)).all()
    expect(more).toEqual([])
    expect(late).toMatchObject({ __typename: 'CompletionFailed', error: { __typename: 'InvalidRequestError' } })
    expect(await (await client.callEvents(present(failed[0]).callId)).all()).toMatchObject([
      { seq: failed.length, error: { __typename: 'InvalidRequestError', attempts: [{ outcome: 'FAILED' }] } },
    ])
  })

  describe('of a call that is not there', () => {
    it.each(['01890000-0000-7000-8000-000000000000', 'no-uuid', '', '"; drop table call; --'])(
      'are a single InvalidRequestError: %s',
      async (callId) => {
        const client = await house().client()
        const events = await (await client.callEvents(callId)).all()
        expect(events).toMatchObject([
          { __typename: 'CompletionFailed', seq: 1, callId, error: { __typename: 'InvalidRequestError', callId } },
        ])
      },
    )

    it('are the same for a call of another project, under way or ended', async () => {
      const [client, stranger] = [await house().client(), await house().client()]
      const stream = await client.stream({ model: slow(), prompt: 'Hi' })
      const { callId } = await stream.until('TextDelta')
      const look = async () => (await stranger.callEvents(callId)).all()
      const underWay = await look()
      await stream.all()
      for (const events of [underWay, await look()]) {
        expect(events).toMatchObject([{ seq: 1, error: { __typename: 'InvalidRequestError' } }])
        expect(JSON.stringify(events)).not.toContain('gpt-5-mini')
      }
    })
  })

  it('take no negative number', async () => {
    const client = await house().client()
    const stream = await client.callEvents('01890000-0000-7000-8000-000000000000', -1)
    await expect(stream.all()).rejects.toThrow(/after/)
  })
})

async function untilSome<T extends { readonly edges: readonly unknown[] }>(look: () => Promise<T>): Promise<T> {
  for (;;) {
    const page = await look()
    if (page.edges.length > 0) return page
  }
}
