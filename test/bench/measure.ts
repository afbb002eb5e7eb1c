/** The value below which the given share of the samples lies. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(Math.floor(q * sorted.length), sorted.length - 1)] ?? Number.NaN
}

/** How many tasks end in a second when `width` of them are always under way. */
export async function ratePerSecond(task: () => Promise<unknown>, width: number, seconds: number): Promise<number> {
  const start = performance.now()
  const end = start + seconds * 1000
  let done = 0
  async function worker(): Promise<void> {
    while (performance.now() < end) {
      await task()
      done += 1
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return done / ((performance.now() - start) / 1000)
}

/** How long one task takes, one after another, in milliseconds. */
export async function durationsMs(task: () => Promise<unknown>, times: number): Promise<readonly number[]> {
  const samples: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await task()
    samples.push(performance.now() - start)
  }
  return samples
}
