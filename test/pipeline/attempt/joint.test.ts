import { describe, expect, it } from 'vitest'
import type { ContentEvent } from '../../../src/core/driver.ts'
import { jointAfter } from '../../../src/pipeline/attempt/joint.ts'

const text = (each: string): ContentEvent => ({ type: 'text', text: each })

/** What the caller is shown after `before` of a second answer in these deltas. */
function shownAfter(before: string, deltas: readonly string[]): readonly string[] {
  const joint = jointAfter(before)
  return [...deltas.flatMap((delta) => joint.take(text(delta))), ...joint.end()].flatMap((event) =>
    event.type === 'text' ? [event.text] : [],
  )
}

/** The whole, however the second answer is cut. */
function whole(before: string, said: string): string {
  const cuts = [[said], [...said], said.match(/\s*\S+|\s+$/g) ?? [], said.match(/\S+\s*|^\s+/g) ?? []]
  const results = new Set(cuts.map((deltas) => before + shownAfter(before, deltas).join('')))
  expect([...results]).toHaveLength(1)
  return [...results].join()
}

describe('the joint of two answers', () => {
  it.each([
    ['between words', 'The sky is', ' blue.', 'The sky is blue.'],
    ['within a word', 'The sk', 'y is blue.', 'The sky is blue.'],
    ['after space that is said again', 'The sky ', ' is blue.', 'The sky is blue.'],
    ['after space that is not said again', 'The sky ', 'is blue.', 'The sky is blue.'],
    ['after a paragraph', 'One.\n\n', '\n\nTwo.', 'One.\n\nTwo.'],
    ['within the space between paragraphs', 'One.\n', '\n\nTwo.', 'One.\n\nTwo.'],
    ['after more space than is said again', 'One.\n\n', '\nTwo.', 'One.\n\nTwo.'],
    ['before a paragraph', 'One.', '\n\nTwo.', 'One.\n\nTwo.'],
    ['at the end', 'All said. ', '', 'All said. '],
    ['at the end, with space', 'All said.\n', '\n', 'All said.\n'],
  ])('%s', (_name, before, said, result) => {
    expect(whole(before, said)).toBe(result)
  })

  it.each([
    ['its end', 'Once upon a time there was', 'a time there was a fox.', 'Once upon a time there was a fox.'],
    [
      'its end, after space',
      'Once upon a time there was ',
      ' time there was a fox.',
      'Once upon a time there was a fox.',
    ],
    ['all of it', 'Once upon a time', 'Once upon a time there was a fox.', 'Once upon a time there was a fox.'],
    ['all of it, space included', 'Once upon \n', 'Once upon \na time', 'Once upon \na time'],
    ['all of it and nothing more', 'Once upon a time', 'Once upon a time', 'Once upon a time'],
    ['a short beginning', 'Once', 'Once upon a time', 'Once upon a time'],
  ])('leaves out what repeats %s', (_name, before, said, result) => {
    expect(whole(before, said)).toBe(result)
  })

  it.each([
    ['a word said twice', 'It was very', ' very cold.', 'It was very very cold.'],
    ['a line of code', 'go:\n  print(i, j)', '\n  print(i, j)\nend', 'go:\n  print(i, j)\n  print(i, j)\nend'],
    ['a line of a list', 'So:\n- one more\n', '\n- one more\n', 'So:\n- one more\n- one more\n'],
    ['a line of a table', 'a | b\n--- | ---', '\n--- | ---', 'a | b\n--- | ---\n--- | ---'],
    ['a rhyme', 'ha ha ha ha', ' ha ha ha', 'ha ha ha ha ha ha ha'],
    [
      'what begins alike',
      'The sky is blue and the sea',
      ' is blue and the sky is red',
      'The sky is blue and the sea is blue and the sky is red',
    ],
  ])('keeps %s', (_name, before, said, result) => {
    expect(whole(before, said)).toBe(result)
  })

  it('holds back no more than it has to', () => {
    expect(shownAfter('The quick brown fox', [' jumps', ' over'])).toEqual([' jumps', ' over'])
    expect(shownAfter('The quick brown fox', [' quick', ' brown', ' bear', ' ran'])).toEqual([
      ' quick brown bear',
      ' ran',
    ])
    expect(shownAfter('Go', [' '.repeat(300), 'on'])).toEqual([' '.repeat(300), 'on'])
  })

  it('lets a tool call and reasoning through, after what it held back', () => {
    const joint = jointAfter('The quick brown fox')
    const call: ContentEvent = { type: 'toolCall', index: 0, id: 'a', name: 'b', argumentsDelta: '' }
    const thought: ContentEvent = { type: 'reasoning', text: 'hm' }
    expect(joint.take(text(' quick'))).toEqual([])
    expect(joint.take(thought)).toEqual([thought])
    expect(joint.take(call)).toEqual([text(' quick'), call])
    expect(joint.take(text(' more'))).toEqual([text(' more')])
    expect(joint.end()).toEqual([])
  })
})
