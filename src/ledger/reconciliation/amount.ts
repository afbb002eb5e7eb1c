import type { Picodollars } from '../../core/money.ts'
import { ReportError } from './report-error.ts'

/** How many decimals a picodollar has, of each unit that reports are in. */
const DECIMALS = { usd: 12, cents: 10 } as const

const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/

/**
 * Reads an amount as it is written, exponents included. What is smaller than a picodollar is rounded, half of one away
 * from zero: providers that compute in floats write such digits.
 * @throws ReportError where it is no number
 */
export function amountOf(text: string, unit: keyof typeof DECIMALS): Picodollars {
  const match = NUMBER.exec(text.trim())
  if (!match) throw new ReportError(`"${text}" is no amount of money`)
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = `${whole}${fraction}`
  const shift = DECIMALS[unit] + Number(exponent) - fraction.length
  const amount = shift >= 0 ? BigInt(digits) * 10n ** BigInt(shift) : rounded(BigInt(digits), 10n ** BigInt(-shift))
  return sign === '-' ? -amount : amount
}

function rounded(amount: bigint, by: bigint): bigint {
  return (amount * 2n + by) / (by * 2n)
}

/** Reads a count. @throws ReportError where it is no whole number */
export function countOf(text: string): number {
  const count = /^\d{1,15}(\.0*)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(count)) return count
  throw new ReportError(`"${text}" is no whole number`)
}
