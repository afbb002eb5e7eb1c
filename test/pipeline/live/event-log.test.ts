import { describe, expect, it } from 'vitest'
import type { NumberedEvent } from '../../../src/core/events.ts'
import { eventLog } from '../../../src/pipeline/live/event-log.ts'

function event(seq: number): NumberedEvent {
  return { callId: 'call', seq, event: { type: 'text', text: `token ${seq}` } }
}

async function rest(reader: AsyncIterable<NumberedEvent>): Promise<number[]> {
  const seen: number[] = []
  for await (const { seq } of reader) seen.push(seq)
  return seen
}

describe('an event log', () => {
  it('gives every reader the same events, whenever it comes and however fast it reads', async () => {
    const log = eventLog()
    log.append(event(1))
    const early = rest(log.read(0, () => {}))
    log.append(event(2))
    const late = rest(log.read(1, () => {}))
    log.append(event(3))
    log.end()
    expect(await early).toEqual([1, 2, 3])
    expect(await late).toEqual([2, 3])
    expect(await rest(log.read(0, () => {}))).toEqual([1, 2, 3])
  })

  it('lets a reader go at once while it waits, and says so once', async () => {
    const log = eventLog()
    let left = 0
    const reader = log.read(0, () => {
      left += 1
    })
    const pending = reader.next()
    await reader.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    await reader.return?.()
    expect(left).toBe(1)
  })

  it('gives its error to readers that have read everything before it', async () => {
    const log = eventLog()
    log.append(event(1))
    log.end(new Error('the database is away'))
    const reader = log.read(0, () => {})
    expect((await reader.next()).value?.seq).toBe(1)
    await expect(reader.next()).rejects.toThrow('the database is away')
  })

  it('has nothing for a reader that is ahead of its end', async () => {
    const log = eventLog()
    log.append(event(1))
    log.end()
    expect(await rest(log.read(7, () => {}))).toEqual([])
  })
})
