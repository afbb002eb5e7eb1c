import type { Answer } from './answer.ts'
import type { Ask } from './ask.ts'
import type { FastLane } from './behaviours.ts'
import type { Frame } from './frame.ts'
import type { Scenario } from './scenario.ts'
import type { Wire } from './wire.ts'

/** Answers of `fast` models, made once and kept as bytes, so that the simulator is not what a benchmark measures. */
export interface FastLanes {
  frames(wire: Wire, ask: Ask, scenario: Scenario): readonly Frame[]
  body(wire: Wire, ask: Ask, scenario: Scenario): Buffer
}

const DEFAULT: FastLane = { chunks: 200, size: 16 }

export function createFastLanes(): FastLanes {
  const frames = new Map<string, readonly Frame[]>()
  const bodies = new Map<string, Buffer>()
  return {
    frames: (wire, ask, scenario) =>
      remembered(frames, `${wire.name} ${ask.model} ${ask.streamsUsage}`, () =>
        wire
          .frames(fastAnswer(wire, scenario), anonymous(ask))
          .map(({ kind, bytes }) => ({ kind, bytes: Buffer.from(bytes) })),
      ),
    body: (wire, ask, scenario) =>
      remembered(bodies, `${wire.name} ${ask.model}`, () =>
        Buffer.from(wire.body(fastAnswer(wire, scenario), anonymous(ask))),
      ),
  }
}

/** What is remembered must hold nothing of the request that it was made for. */
function anonymous(ask: Ask): Ask {
  return { ...ask, body: {} }
}

function remembered<T>(from: Map<string, T>, name: string, make: () => T): T {
  const known = from.get(name)
  if (known !== undefined) return known
  const made = make()
  from.set(name, made)
  return made
}

function fastAnswer(wire: Wire, { base, fast }: Scenario): Answer {
  const { chunks, size } = fast ?? DEFAULT
  const word = ` ${'x'.repeat(Math.max(Math.floor(size / wire.wordsInChunk) - 1, 1))}`
  const text = word.repeat(chunks * wire.wordsInChunk)
  const usage = { input: 16, cached: 0, output: Math.ceil(text.length / 4), reasoning: 0 }
  return {
    id: 'simfast',
    model: base,
    at: 0,
    reasoning: '',
    reasoningShown: 'none',
    text,
    space: 'before',
    toolCalls: [],
    ending: { type: 'complete' },
    usage,
  }
}
