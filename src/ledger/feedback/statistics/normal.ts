const SERIES_BELOW = 2.5
const TINY = 1e-300
const PRECISION = 1e-16

/** The chance that a standard normal value lies at least this far from zero, on either side. */
export function normalTwoSided(z: number): number {
  return erfc(Math.abs(z) / Math.SQRT2)
}

/** The complementary error function, for x from 0 up. */
function erfc(x: number): number {
  return x < SERIES_BELOW ? 1 - erfSeries(x) : erfcFraction(x)
}

/** erf(x) = 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!! (Abramowitz, Stegun: 7.1.6). */
function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; term > sum * PRECISION; n += 1) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** The continued fraction of erfc (Abramowitz, Stegun: 7.1.14), by Lentz's method. */
function erfcFraction(x: number): number {
  let value = x
  let c = x
  let d = 0
  for (let n = 1; n < 500; n += 1) {
    d = 1 / (x + (n / 2) * d || TINY)
    c = x + n / 2 / c
    const change = c * d
    value *= change
    if (Math.abs(change - 1) < PRECISION * 10) break
  }
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * value)
}
