import { formatUsd, type Picodollars } from '../core/money.ts'

/** Digits that an estimate is shown with. */
const DIGITS = 2

/** An amount for people, to two digits: "$0.00012", "$1.3", "$0". */
export function aboutUsd(amount: Picodollars): string {
  const step = 10n ** BigInt(Math.max(amount.toString().length - DIGITS, 0))
  return `$${formatUsd(((amount + step / 2n) / step) * step)}`
}
