/**
 * What is known of how long a model's answers may be. Providers refuse a limit that is larger than the model's own, which
 * nobody may have told us; then that limit would never have been reached, and none is needed.
 */
export interface OutputLimits {
  /** A request with this limit, in tokens, was turned down for it. */
  refused(tokens: number): void
  takes(tokens: number): boolean
}

export function outputLimits(): OutputLimits {
  let leastRefused = Number.POSITIVE_INFINITY
  return {
    refused(tokens) {
      leastRefused = Math.min(leastRefused, tokens)
    },
    takes: (tokens) => tokens < leastRefused,
  }
}
