import { addTo, type Sketch } from '../../core/sketch.ts'

const ZERO = '0'.charCodeAt(0)
const MINUS = '-'.charCodeAt(0)

/**
 * Adds up sketches as the ledger's rollups have them, one behind the other: `412:3,413:1` or `{"412": 3}`. Whatever is
 * neither a digit nor a minus stands between the numbers, which come in pairs of a bucket and how many calls are in it.
 */
export function readSketches(text: string): Sketch {
  const counts = new Map<number, number>()
  let number: number | null = null
  let sign = 1
  let bucket: number | null = null
  // Character by character: a report may be of a million buckets. Behind the last one there is none, which ends its number.
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at)
    const digit = code - ZERO
    if (digit >= 0 && digit <= 9) {
      number = (number ?? 0) * 10 + digit
      continue
    }
    if (number !== null) {
      if (bucket !== null) addTo(counts, bucket, number)
      bucket = bucket === null ? sign * number : null
    }
    number = null
    sign = code === MINUS ? -1 : 1
  }
  return counts
}
