import type { Driver, DriverFinish, KeyLimits } from '../../src/core/driver.ts'
import type { ProviderErrorKind } from '../../src/core/provider-error.ts'
import type { DriverDeps } from '../../src/drivers/driver-factory.ts'
import type { FoldedTool } from './run-driver.ts'

/** One answer on the wire, streamed and whole, and what it means. */
export interface Sample {
  /** The stream's frames in order, each as sent, its line ends included. */
  readonly frames: readonly string[]
  /** The same answer as one body. */
  readonly body: string
  readonly text: string
  readonly tools: readonly FoldedTool[]
  readonly reason: DriverFinish['reason']
  readonly usage: DriverFinish['usage']
  readonly model: string | null
}

export interface ErrorSample {
  readonly title: string
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** `SECRET` in it stands for the key. */
  readonly body: string
  readonly kind: ProviderErrorKind
  /** Absent where the driver must say none. */
  readonly retryAfterMs?: number
  readonly hopeless?: boolean
}

/** What the suite must know of a wire API to run a driver through the promises. */
export interface ContractSubject {
  readonly name: string
  /** @param url where the provider's API is, without the path that the API's base URL usually has */
  makeDriver(url: string, deps: DriverDeps): Driver
  readonly model: string
  readonly streamType: string
  readonly text: Sample
  readonly tools: Sample
  /** Rate-limit headers and what they say. */
  readonly limits: { readonly headers: Readonly<Record<string, string>>; readonly limits: Partial<KeyLimits> }
  /** A stream that ends without its end mark. */
  readonly truncated: readonly string[]
  /** A stream with tool arguments that aren't JSON, with its end mark. The driver itself must throw, before its `finish`. */
  readonly badArguments: readonly string[]
  /** The beginning of a stream, then an error in the middle. */
  readonly streamErrors: readonly { readonly frames: readonly string[]; readonly kind: ProviderErrorKind }[]
  readonly errors: readonly ErrorSample[]
  /** One more frame of text of an answer that never ends; the first must begin the answer. */
  endless(index: number): string
}
