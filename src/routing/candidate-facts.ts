import type { Expectation, Measured } from '../core/candidate.ts'
import type { ModelInfo } from '../core/catalog.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Price } from '../core/price.ts'
import type { CircuitState } from '../core/provider-health.ts'
import type { ModelRef } from '../core/routing.ts'

/** What is known of one model when a call is planned. */
export interface CandidateFacts {
  readonly ref: ModelRef
  readonly info: ModelInfo
  readonly expected: Expectation
  /** What this request's `expectedUsage` is priced at there now; null where the model is unpriced. */
  readonly price: Price | null
  /** What its driver can't express of the request; empty where it can express all. */
  readonly unsupported: readonly InputIssue[]
  readonly measured: Measured
  readonly circuit: CircuitState
}
