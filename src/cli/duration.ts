import { InvalidArgumentError } from 'commander'

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const DURATION = /^(\d{1,5})(m|h|d)$/

/**
 * Reads how long something lasts: `30m`, `24h`, `7d`, or `0` for no time at all.
 * @returns milliseconds
 * @throws InvalidArgumentError where it is none of these, or longer than `mostMs`
 */
export function readDuration(text: string, mostMs: number): number {
  const [, count, unit] = DURATION.exec(text) ?? []
  const ms = unit === 'm' || unit === 'h' || unit === 'd' ? Number(count) * UNITS[unit] : Number.NaN
  const read = text === '0' ? 0 : ms
  if (Number.isNaN(read)) throw new InvalidArgumentError('Write 30m, 24h, 7d or 0.')
  if (read > mostMs) throw new InvalidArgumentError(`Write at most ${mostMs / UNITS.d}d.`)
  return read
}
