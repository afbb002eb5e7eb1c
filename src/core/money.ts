/**
 * Money is a whole number of picodollars (10⁻¹² USD). A price per token is exact in it: $0.15 per million tokens is
 * 150,000 picodollars a token.
 */
export type Picodollars = bigint

const DIGITS = 12
const ONE_DOLLAR = 10n ** BigInt(DIGITS)
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/

/**
 * Reads a plain decimal number of US dollars.
 * @throws RangeError where the text is no plain decimal number or has more than twelve decimals.
 */
export function parseUsd(text: string): Picodollars {
  const match = DECIMAL.exec(text)
  if (!match) throw new RangeError(`"${text}" is no decimal number`)
  const [, sign, whole = '0', fraction = ''] = match
  if (fraction.length > DIGITS) throw new RangeError(`"${text}" has more than ${DIGITS} decimals`)
  const amount = BigInt(whole) * ONE_DOLLAR + BigInt(fraction.padEnd(DIGITS, '0'))
  return sign === '-' ? -amount : amount
}

/** Writes an amount as an exact decimal number of US dollars, without trailing zeros: `"0.00001875"`. */
export function formatUsd(amount: Picodollars): string {
  const sign = amount < 0n ? '-' : ''
  const absolute = amount < 0n ? -amount : amount
  const fraction = (absolute % ONE_DOLLAR).toString().padStart(DIGITS, '0').replace(/0+$/, '')
  const whole = (absolute / ONE_DOLLAR).toString()
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
}
