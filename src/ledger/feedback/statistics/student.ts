const PRECISION = 1e-15
const TINY = 1e-300
const STEPS = 10_000

/**
 * The chance that a value of Student's t distribution lies at least this far from zero, on either side.
 * @param freedom degrees of freedom, above zero, not necessarily whole
 */
export function studentTwoSided(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
}

/** How far from zero a value of Student's t distribution lies with this chance or less, on either side. */
export function studentQuantile(twoSided: number, freedom: number): number {
  let low = 0
  let high = 1
  while (studentTwoSided(high, freedom) > twoSided) high *= 2
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2
    if (studentTwoSided(middle, freedom) > twoSided) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The regularised incomplete beta function (Abramowitz, Stegun: 26.5.8), taken from the side where it converges. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b
}

/** Its continued fraction, by Lentz's method. */
function fraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m < STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / awayFromZero(1 + even * d)
    c = awayFromZero(1 + even / c)
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / awayFromZero(1 + odd * d)
    c = awayFromZero(1 + odd / c)
    value *= d * c
    if (Math.abs(d * c - 1) < PRECISION) break
  }
  return value
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

/** The logarithm of the gamma function, by Stirling's series (Abramowitz, Stegun: 6.1.41) from 10 up. */
function lnGamma(x: number): number {
  if (x < 10) return lnGamma(x + 1) - Math.log(x)
  const square = x * x
  const series = 1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square) / square) / square
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series / x
}
