import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type Clock, sleep } from '../core/clock.ts'
import { type Fault, STATUSES_INSIDE, type StatusInside } from './fault.ts'
import type { Frame, FrameKind } from './frame.ts'
import type { LogEntry } from './request-log.ts'
import type { Wire } from './wire.ts'

/** Where an answer goes, and what it needs on the way. */
export interface Stage {
  readonly wire: Wire
  readonly response: ServerResponse
  readonly entry: LogEntry
  readonly clock: Clock
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal
}

export interface Timing {
  readonly firstTokenMs: number
  readonly chunkMs: number
}

/** How long what was written may take to get out before the connection is reset. */
const FLUSH_MS = 20

/** Which frames a stream without its proper end keeps from its client. */
const WITHHELD: Readonly<Record<'no-end' | 'no-done' | 'done-only', readonly FrameKind[]>> = {
  'no-end': ['finish', 'usage', 'end'],
  'no-done': ['end'],
  'done-only': ['finish', 'usage'],
}

/** Sends a streamed answer frame by frame, with whatever fault strikes it. */
export async function playStream(
  stage: Stage,
  frames: readonly Frame[],
  timing: Timing,
  fault: Fault | null,
): Promise<void> {
  const { response, entry, wire } = stage
  let pending = positioned(fault)
  for (const frame of shown(frames, fault)) {
    if (frame.kind === 'content') await pause(stage, entry.chunks === 0 ? timing.firstTokenMs : timing.chunkMs)
    if (pending !== null && isDue(pending.after, entry.chunks, frame.kind)) {
      if (pending.type !== 'malformed') return strike(stage, pending.type)
      await write(stage, wire.malformed)
      pending = null
    }
    await write(stage, frame.bytes)
    if (frame.kind === 'content') entry.chunks += 1
  }
  response.end()
}

/** Sends a unary answer, or what a fault leaves of it. */
export async function playBody(
  stage: Stage,
  body: string | Buffer,
  timing: Timing,
  fault: Fault | null,
): Promise<void> {
  const { response, wire } = stage
  await pause(stage, timing.firstTokenMs)
  const broken = positioned(fault)
  if (broken === null) {
    response.end(body)
  } else if (broken.type === 'error' || broken.type === 'failed') {
    response.end(wire.midStreamError.body)
  } else if (isStatusInside(broken.type)) {
    response.end(wire.statusInside[broken.type].body)
  } else {
    await write(stage, body.slice(0, Math.floor(body.length / 2)))
    if (broken.type === 'malformed') response.end()
    else await strike(stage, broken.type)
  }
}

type Positioned = Extract<Fault, { readonly after: number }>
type Fatal = Exclude<Positioned['type'], 'malformed'>

function positioned(fault: Fault | null): Positioned | null {
  return fault !== null && 'after' in fault ? fault : null
}

function isDue(after: number, sent: number, next: FrameKind): boolean {
  return next !== 'open' && (sent === after || next !== 'content')
}

function shown(frames: readonly Frame[], fault: Fault | null): readonly Frame[] {
  if (fault?.type !== 'no-end' && fault?.type !== 'no-done' && fault?.type !== 'done-only') return frames
  const withheld = WITHHELD[fault.type]
  return frames.filter((frame) => !withheld.includes(frame.kind))
}

const STRIKES = {
  cut: async ({ response }) => {
    response.end()
  },
  reset: async ({ response, clock, signal }) => {
    response.flushHeaders()
    await sleep(clock, FLUSH_MS, signal)
    response.socket?.resetAndDestroy()
  },
  stall: ({ response, signal }) => {
    response.flushHeaders()
    return gone(signal)
  },
  error: async ({ response, wire }) => {
    response.end(wire.midStreamError.event)
  },
  failed: async ({ response, wire }) => {
    response.end(wire.midStreamError.failedEvent ?? wire.midStreamError.event)
  },
  'error-429': tellInside('error-429'),
  'error-500': tellInside('error-500'),
  'error-503': tellInside('error-503'),
} satisfies Record<Fatal, (stage: Stage) => Promise<void>>

function tellInside(status: StatusInside): (stage: Stage) => Promise<void> {
  return async ({ response, wire }) => {
    response.end(wire.statusInside[status].event)
  }
}

function isStatusInside(type: Fatal | 'malformed'): type is StatusInside {
  return STATUSES_INSIDE.some((status) => status === type)
}

function strike(stage: Stage, type: Fatal): Promise<void> {
  return STRIKES[type](stage)
}

/** Waits until the connection is gone, however long that takes. */
export async function gone(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

export async function pause({ clock, signal, response }: Stage, ms: number): Promise<void> {
  if (ms <= 0) return
  if (response.headersSent) response.flushHeaders()
  await sleep(clock, ms, signal)
}

async function write({ response, signal }: Stage, bytes: string | Buffer): Promise<void> {
  signal.throwIfAborted()
  if (!response.write(bytes)) await once(response, 'drain', { signal })
}
