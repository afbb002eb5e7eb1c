import type { Clock } from '../../core/clock.ts'
import type { ContentEvent, DriverFinish, VectorsEvent } from '../../core/driver.ts'
import { type OutputFold, outputFold } from '../output.ts'
import { addUnfinished, type Unfinished } from './continuation.ts'
import { type Joint, jointAfter } from './joint.ts'

/** An attempt under way: what it has sent, and what the caller holds of it. */
export interface Progress {
  /** All that the provider sent. */
  readonly output: OutputFold
  /** What the caller holds: the same, or joined to what it held before. */
  readonly shown: OutputFold
  /** What the provider said of its answer at its end; null while, or where, it has not come to that. */
  finish(): DriverFinish | null
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Takes in what came; returns what the caller is to be shown of it. */
  came(event: ContentEvent | VectorsEvent | DriverFinish): readonly (ContentEvent | VectorsEvent)[]
  /** What is to be shown when nothing more comes. */
  heldBack(): readonly ContentEvent[]
  firstTokenMs(): number | null
  elapsedMs(): number
}

const NOTHING: readonly ContentEvent[] = []

/** @param unfinished what it goes on from; null where it begins at the beginning */
export function startProgress(clock: Clock, unfinished: Unfinished | null): Progress {
  const start = clock.monotonic()
  const output = outputFold()
  let finish: DriverFinish | null = null
  let firstTokenMs: number | null = null
  const { joint, shown } = unfinished ? continued(unfinished) : { joint: null, shown: output }

  function show(events: readonly ContentEvent[]): readonly ContentEvent[] {
    for (const event of events) shown.add(event)
    return events
  }

  return {
    output,
    shown,
    finish: () => finish,
    startedAt: clock.now(),
    came(event) {
      if (event.type === 'finish') {
        finish = event
        return NOTHING
      }
      output.add(event)
      firstTokenMs ??= clock.monotonic() - start
      return joint === null || event.type === 'vectors' ? [event] : show(joint.take(event))
    },
    heldBack: () => (joint === null ? NOTHING : show(joint.end())),
    firstTokenMs: () => firstTokenMs,
    elapsedMs: () => clock.monotonic() - start,
  }
}

function continued(unfinished: Unfinished): { readonly joint: Joint; readonly shown: OutputFold } {
  const shown = outputFold()
  addUnfinished(shown, unfinished)
  return { joint: jointAfter(unfinished.text), shown }
}
