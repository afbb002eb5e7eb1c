/** An exact decimal of US dollars in picodollars; fails for null. */
export function picodollars(usd: string | null | undefined): bigint {
  const match = /^(\d+)(?:\.(\d{1,12}))?$/.exec(usd ?? '')
  if (!match) throw new Error(`${usd} is no amount`)
  return BigInt((match[1] ?? '') + (match[2] ?? '').padEnd(12, '0'))
}

export function sumOf(amounts: readonly (string | null | undefined)[]): bigint {
  return amounts.reduce((sum, amount) => sum + picodollars(amount), 0n)
}
