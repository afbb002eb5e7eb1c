import { describe, expect, it } from 'vitest'
import { type DriverEvent, NO_LIMITS } from '../../src/core/driver.ts'
import { merged } from '../../src/pipeline/merge.ts'

const START: DriverEvent = { type: 'start', limits: NO_LIMITS }
const text = (text: string): DriverEvent => ({ type: 'text', text })
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

async function* reads(...batches: readonly (readonly DriverEvent[])[]): AsyncGenerator<DriverEvent> {
  for (const batch of batches) {
    yield* batch
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function all(events: AsyncIterable<DriverEvent>): Promise<DriverEvent[]> {
  const seen: DriverEvent[] = []
  for await (const event of events) seen.push(event)
  return seen
}

describe('merging', () => {
  it('makes one event of the deltas of one read, and none of two reads', async () => {
    const source = reads([START, text('a'), text('b')], [text('c')], [text('d'), text('e')])
    const seen = await all(merged(source, new AbortController().signal))
    expect(seen).toEqual([START, text('ab'), text('c'), text('de')])
  })

  it('keeps different kinds and different tool calls apart, in order', async () => {
    const tool = (index: number, id: string | null, argumentsDelta: string): DriverEvent => ({
      type: 'toolCall',
      index,
      id,
      name: id && 'look_up',
      argumentsDelta,
    })
    const source = reads([text('a'), tool(0, 'x', ''), tool(0, null, '{"a"'), tool(0, null, ':1}'), tool(1, 'y', '{}')])
    const seen = await all(merged(source, new AbortController().signal))
    expect(seen).toEqual([text('a'), tool(0, 'x', '{"a":1}'), tool(1, 'y', '{}')])
  })

  it('merges what came while the reader was busy', async () => {
    const reader = merged(reads([text('a')], [text('b')], [text('c')]), new AbortController().signal)[
      Symbol.asyncIterator
    ]()
    expect((await reader.next()).value).toEqual(text('a'))
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect((await reader.next()).value).toEqual(text('bc'))
    expect((await reader.next()).done).toBe(true)
  })

  it('leaves the source waiting while too much waits for the reader', async () => {
    let sent = 0
    async function* endless(): AsyncGenerator<DriverEvent> {
      for (;;) {
        sent += 1
        yield text('x'.repeat(64 * 1024))
      }
    }
    const controller = new AbortController()
    const reader = merged(endless(), controller.signal)[Symbol.asyncIterator]()
    await reader.next()
    await turn()
    await turn()
    const held = sent
    await turn()
    expect(sent).toBe(held)
    expect(held).toBeLessThan(20)
    await reader.next()
    await turn()
    expect(sent).toBeGreaterThan(held)
    controller.abort()
  })

  it("fails with the signal's reason at once, though its source hangs", async () => {
    async function* hanging(): AsyncGenerator<DriverEvent> {
      yield START
      await new Promise(() => {})
    }
    const controller = new AbortController()
    const reader = merged(hanging(), controller.signal)[Symbol.asyncIterator]()
    await reader.next()
    const pending = reader.next()
    controller.abort(new Error('enough'))
    await expect(pending).rejects.toThrow('enough')
  })

  it('hands on what came before a failure, then the failure', async () => {
    async function* failing(): AsyncGenerator<DriverEvent> {
      yield text('a')
      throw new Error('cut')
    }
    const reader = merged(failing(), new AbortController().signal)[Symbol.asyncIterator]()
    expect((await reader.next()).value).toEqual(text('a'))
    await expect(reader.next()).rejects.toThrow('cut')
  })
})
