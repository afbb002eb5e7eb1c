export interface Counts {
  readonly total: number
  readonly failed: number
}

export interface RollingCounts {
  add(now: number, outcome: 'succeeded' | 'failed'): void
  over(now: number): Counts
  clear(): void
}

interface Slot {
  index: number
  total: number
  failed: number
}

const SLOTS = 10

/**
 * Counts outcomes over the last `spanMs`, in slots of a tenth of it: constant memory, whatever the rate.
 * @param spanMs how far back it looks, exact to a tenth
 */
export function rollingCounts(spanMs: number): RollingCounts {
  const slotMs = spanMs / SLOTS
  let slots: Slot[] = []

  function current(now: number): Slot {
    const index = Math.floor(now / slotMs)
    const last = slots.at(-1)
    if (last?.index === index) return last
    const slot = { index, total: 0, failed: 0 }
    slots = [...slots.filter((each) => each.index > index - SLOTS), slot]
    return slot
  }

  return {
    add(now, outcome) {
      const slot = current(now)
      slot.total += 1
      if (outcome === 'failed') slot.failed += 1
    },
    over(now) {
      const oldest = Math.floor(now / slotMs) - SLOTS
      const live = slots.filter((slot) => slot.index > oldest)
      return {
        total: live.reduce((sum, slot) => sum + slot.total, 0),
        failed: live.reduce((sum, slot) => sum + slot.failed, 0),
      }
    },
    clear() {
      slots = []
    },
  }
}
