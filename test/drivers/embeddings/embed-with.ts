import { systemClock } from '../../../src/core/clock.ts'
import type { Driver, DriverEvent, DriverName, EmbeddingDriver, EmbeddingRequest } from '../../../src/core/driver.ts'
import { ProviderError } from '../../../src/core/provider-error.ts'
import type { TokenUsage } from '../../../src/core/usage.ts'
import type { Vector } from '../../../src/core/vector.ts'
import type { DriverDeps } from '../../../src/drivers/driver-factory.ts'
import { createDriver } from '../../../src/drivers/registry.ts'
import { providerAt } from '../provider-at.ts'

export const SECRET = 'embedding-secret-0123456789abcdef'

/** The drivers that have embeddings, with a model of each and the path of the simulator's wire. */
export const EMBEDDERS = [
  { name: 'openai', model: 'text-embedding-3-small', path: '/openai/v1', batch: 2_048 },
  { name: 'openai-compatible', model: 'text-embedding-3-small', path: '/openai/v1', batch: 32 },
  { name: 'google', model: 'gemini-embedding-001', path: '/google', batch: 100 },
] as const satisfies readonly { name: DriverName; model: string; path: string; batch: number }[]

const DEPS: DriverDeps = { fetch: globalThis.fetch, clock: systemClock }

export function embedderAt(name: DriverName, url: string, deps: DriverDeps = DEPS): EmbeddingDriver {
  return embeddingsOf(createDriver(providerAt(name, url), deps))
}

function embeddingsOf({ embeddings }: Driver): EmbeddingDriver {
  if (embeddings) return embeddings
  throw new Error('this driver has no embeddings')
}

export function textsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `text number ${index}`)
}

/** A request with everything that a test doesn't care about. */
export function asking(changes: Partial<EmbeddingRequest>): EmbeddingRequest {
  return { model: 'any', texts: ['Hello'], dimensions: null, secret: SECRET, options: {}, ...changes }
}

export interface Embedded {
  readonly vectors: readonly Vector[]
  /** How many vectors each request brought. */
  readonly batches: readonly number[]
  readonly usage: TokenUsage | null
  readonly model: string | null
  readonly events: readonly DriverEvent[]
}

/** Runs a request to its end. Fails where the driver breaks the order of events. */
export async function embedded(
  driver: EmbeddingDriver,
  request: EmbeddingRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<Embedded> {
  const events: DriverEvent[] = []
  for await (const event of driver.embed(request, signal)) events.push(event)
  const [start, ...rest] = events
  const finish = rest.pop()
  if (start?.type !== 'start') throw new Error('the first event is not a start')
  if (finish?.type !== 'finish') throw new Error('the last event is not a finish')
  const parts = rest.map((event) => {
    if (event.type !== 'vectors') throw new Error(`a ${event.type} among the vectors`)
    return event.vectors
  })
  const { usage, model } = finish
  return { vectors: parts.flat(), batches: parts.map((part) => part.length), usage, model, events }
}

/** The error with which a request ends that must not succeed. */
export async function failureOf(run: Promise<unknown>): Promise<ProviderError> {
  const outcome: unknown = await run.then(
    () => new Error('the driver reported success'),
    (thrown: unknown) => thrown,
  )
  if (outcome instanceof ProviderError) return outcome
  throw outcome
}
