import type { ContentEvent } from '../../core/driver.ts'
import { overlapFinder } from './overlap.ts'

/** Joins what a second model says to what the caller holds of the first one's answer. */
export interface Joint {
  /** What the caller is to be shown now. */
  take(event: ContentEvent): readonly ContentEvent[]
  /** What was held back and is to be shown after the last event. */
  end(): readonly ContentEvent[]
}

type Stage = 'repeating' | 'spacing' | 'open'

/** Space before the first word that is held back, at most. */
const MOST_SPACE = 200

/**
 * What repeats the end of the text, or all of it, is left out. The model was asked to go on from the text without the space
 * at its end, so what it says of that space again is left out too. Only the first deltas are held back, as long as they
 * may be a repetition: no more than the text itself.
 * @param text what the caller holds
 */
export function jointAfter(text: string): Joint {
  const said = text.trimEnd()
  const space = text.slice(said.length)
  const overlap = overlapFinder(said)
  let stage: Stage = 'repeating'
  let held = ''

  function pass(more: 'comes' | 'ends'): string {
    if (stage === 'repeating') {
      const isLong = held.length > said.length + MOST_SPACE
      const repeated = overlap.find(held, isLong ? 'ends' : more)
      if (repeated === null) return ''
      held = held.slice(repeated)
      stage = 'spacing'
    }
    if (stage === 'spacing') {
      if (more === 'comes' && held.length < space.length && space.startsWith(held)) return ''
      held = held.slice(commonStart(held, space))
      stage = 'open'
    }
    const shown = held
    held = ''
    return shown
  }

  return {
    take(event) {
      if (stage === 'open' || event.type === 'reasoning') return [event]
      if (event.type === 'toolCall') return [...textEvent(pass('ends')), event]
      held += event.text
      return textEvent(pass('comes'))
    },
    end: () => textEvent(pass('ends')),
  }
}

function textEvent(text: string): readonly ContentEvent[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function commonStart(a: string, b: string): number {
  let length = 0
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1
  return length
}
