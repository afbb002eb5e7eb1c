/** Counts what happened lately. */
export interface RollingCount {
  add(now: number): void
  over(now: number): number
  clear(): void
}

interface Slot {
  readonly index: number
  count: number
}

const SLOTS = 10

/**
 * Counts over the last `spanMs`, in slots of a tenth of it: constant memory, whatever the rate.
 * @param spanMs how far back it looks, exact to a tenth
 */
export function rollingCount(spanMs: number): RollingCount {
  const slotMs = spanMs / SLOTS
  let slots: Slot[] = []

  return {
    add(now) {
      const index = Math.floor(now / slotMs)
      const last = slots.at(-1)
      if (last?.index === index) last.count += 1
      else slots = [...slots.filter((slot) => slot.index > index - SLOTS), { index, count: 1 }]
    },
    over(now) {
      const oldest = Math.floor(now / slotMs) - SLOTS
      return slots.reduce((sum, slot) => (slot.index > oldest ? sum + slot.count : sum), 0)
    },
    clear() {
      slots = []
    },
  }
}
