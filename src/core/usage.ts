/** Tokens that one attempt used, normalised once so that all providers mean the same by each number. */
export interface TokenUsage {
  /** All input: uncached, cached, cache writes and (Gemini) tool-use prompt tokens. */
  readonly inputTokens: number
  /** The part of the input read from the provider's cache. */
  readonly cachedInputTokens: number
  /** The part of the input written to the provider's cache, whatever its lifetime. */
  readonly cacheWriteTokens: number
  /** The part of `cacheWriteTokens` kept for an hour, which Anthropic bills higher than the five-minute default. */
  readonly cacheWriteHourTokens: number
  /** All output, reasoning included. */
  readonly outputTokens: number
  /** The part of the output spent on reasoning. */
  readonly reasoningTokens: number
  /** True where the provider reported nothing and the tokens were counted here. */
  readonly estimated: boolean
}

export const NO_USAGE: TokenUsage = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteHourTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  estimated: false,
}

/** What two requests used together. */
export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    cacheWriteHourTokens: a.cacheWriteHourTokens + b.cacheWriteHourTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    estimated: a.estimated || b.estimated,
  }
}
