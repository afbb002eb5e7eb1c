import type { Clock, Random } from './clock.ts'

/** How far a clock's ids have come: the millisecond of the last one and its counter within that millisecond. */
interface Progress {
  ms: number
  counter: number
}

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
const COUNTER_END = 0x1000
const WORD = 0x1_0000_0000

const progressOf = new WeakMap<Clock, Progress>()

/**
 * A UUID of version 7 (RFC 9562, section 5.7), whose first 48 bits are the time. The next twelve count within a
 * millisecond (section 6.2, method 1), so ids of one clock rise strictly, also when the clock stands or goes back; the
 * rest is random.
 */
export function newCallId(clock: Clock, random: Random = cryptoRandom): string {
  const { ms, counter } = advance(clock, random)
  const time = ms.toString(16).padStart(12, '0')
  const high = Math.floor(random() * WORD)
  const low = Math.floor(random() * WORD)
  const variant = ((high >>> 2) | 0x8000_0000) >>> 0
  const tail = variant.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
  const counted = counter.toString(16).padStart(3, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counted}-${tail.slice(0, 4)}-${tail.slice(4)}`
}

/** When a call id was made, in milliseconds since 1970; null where the text is no UUID of version 7. */
export function timeOfCallId(id: string): number | null {
  if (!PATTERN.test(id)) return null
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

function advance(clock: Clock, random: Random): Progress {
  const progress = progressOf.get(clock) ?? { ms: -1, counter: 0 }
  progressOf.set(clock, progress)
  const now = Math.max(0, Math.floor(clock.now()))
  if (now > progress.ms) restart(progress, now, random)
  else if (progress.counter + 1 < COUNTER_END) progress.counter += 1
  else restart(progress, progress.ms + 1, random)
  return progress
}

/** The counter starts in the lower half, so that it has room to count. */
function restart(progress: Progress, ms: number, random: Random): void {
  progress.ms = ms
  progress.counter = Math.floor(random() * (COUNTER_END / 2))
}

function cryptoRandom(): number {
  const word = new Uint32Array(1)
  crypto.getRandomValues(word)
  return (word[0] ?? 0) / WORD
}
