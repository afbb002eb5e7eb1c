import type { Driver, EmbeddingRequest } from '../../core/driver.ts'
import { modelId } from '../../core/routing.ts'
import type { EmbeddingTask } from '../../core/task.ts'
import type { ProviderAsk } from '../call-kinds.ts'
import { type DriverRequestParts, driverRequest, optionsFor } from './driver-request.ts'

interface ProviderAskParts extends DriverRequestParts {
  readonly driver: Driver
}

/** What one provider is asked on behalf of a call, by the call's task. */
export function providerAsk({ driver, ...parts }: ProviderAskParts): ProviderAsk {
  const { task, conversation } = parts.call.request
  if (task.type === 'completion') {
    return { type: 'completion', driver, request: driverRequest(parts), output: conversation.output }
  }
  if (!driver.embeddings) throw new Error(`A plan sends texts to ${modelId(parts.ref)}, which has no embeddings`)
  return { type: 'embedding', driver: driver.embeddings, request: embeddingRequest(task, parts) }
}

function embeddingRequest(task: EmbeddingTask, { call, ref, provider, key }: DriverRequestParts): EmbeddingRequest {
  const { texts, dimensions } = task
  const options = optionsFor(provider, call.request.providerOptions)
  return { model: ref.model, texts, dimensions, secret: key?.secret ?? null, options }
}
