import { existsSync, readFileSync } from 'node:fs'
import { NO_USAGE, type TokenUsage } from '../../src/core/usage.ts'

const MANIFEST = new URL('../../../shared/recordings/manifest.json', import.meta.url)

/** The part of a recording's entry that costs are checked with. */
export interface Recording {
  readonly file: string
  readonly provider: string
  /** The model that the provider says answered. */
  readonly model: string
  readonly requestedModel: string
  readonly expected: {
    readonly usage?: {
      readonly input: number | null
      readonly output: number | null
      readonly cachedInput?: number | null
      readonly cacheWrite?: number | null
    }
    readonly providerStatedCost?: { readonly usd: number }
  }
  readonly usageOracle2?: Readonly<Record<string, number>>
  readonly cost?: { readonly usd: number }
}

export const recordingsAreHere = existsSync(MANIFEST)

export function readRecordings(): readonly Recording[] {
  const entries: readonly Recording[] = JSON.parse(readFileSync(MANIFEST, 'utf8'))
  return entries
}

/** The recording's usage as a driver normalises it. */
export function usageOf({ expected: { usage }, usageOracle2: parts = {} }: Recording): TokenUsage {
  return {
    ...NO_USAGE,
    inputTokens: usage?.input ?? 0,
    cachedInputTokens: usage?.cachedInput ?? 0,
    cacheWriteTokens: usage?.cacheWrite ?? parts.cache_write_tokens ?? 0,
    cacheWriteHourTokens: parts.cache_write_1h_tokens ?? 0,
    outputTokens: usage?.output ?? 0,
  }
}
