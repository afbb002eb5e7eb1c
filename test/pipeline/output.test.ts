import { describe, expect, it } from 'vitest'
import type { ToolCallDelta } from '../../src/core/driver.ts'
import { outputFold } from '../../src/pipeline/output.ts'

function delta(
  index: number,
  argumentsDelta: string,
  id: string | null = null,
  name: string | null = null,
): ToolCallDelta {
  return { type: 'toolCall', index, id, name, argumentsDelta }
}

describe('folding the output of an attempt', () => {
  it('joins text and reasoning, and keeps interleaved tool calls apart, in the order of their places', () => {
    const fold = outputFold()
    expect(fold.isEmpty()).toBe(true)
    fold.add({ type: 'reasoning', text: 'Hm. ' })
    fold.add({ type: 'text', text: 'Let me ' })
    fold.add(delta(1, '{"b":', 'two', 'second'))
    fold.add(delta(0, '', 'one', 'first'))
    fold.add(delta(1, '2}'))
    fold.add({ type: 'text', text: 'look.' })
    expect(fold.output('TOOL_CALLS')).toEqual({
      text: 'Let me look.',
      reasoning: 'Hm. ',
      toolCalls: [
        { id: 'one', name: 'first', arguments: {} },
        { id: 'two', name: 'second', arguments: { b: 2 } },
      ],
    })
    expect(fold.transcript()).toBe('Hm. Let me look.firstsecond{"b":2}')
  })

  it('fails where arguments are not JSON', () => {
    const fold = outputFold()
    fold.add(delta(0, '{"a":', 'one', 'first'))
    expect(() => fold.output('TOOL_CALLS')).toThrow(/not JSON/)
  })

  it('leaves a tool call out that the limit on output cut off', () => {
    const fold = outputFold()
    fold.add(delta(0, '{"a":1}', 'one', 'first'))
    fold.add(delta(1, '{"b":', 'two', 'second'))
    expect(fold.output('LENGTH').toolCalls).toEqual([{ id: 'one', name: 'first', arguments: { a: 1 } }])
  })
})
