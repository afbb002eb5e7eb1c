import type { BatchEmbedContentsRequest } from '@google/generative-ai'
import type { DriverEvent, EmbeddingCheck, EmbeddingDriver, EmbeddingRequest } from '../../core/driver.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { ProviderSettings } from '../../core/settings.ts'
import { NO_USAGE, type TokenUsage } from '../../core/usage.ts'
import type { DriverDeps } from '../driver-factory.ts'
import { type BatchLimits, batchesOf } from '../embeddings/batches.ts'
import { type EmbeddedBatch, inBatches } from '../embeddings/in-batches.ts'
import { jsonBody } from '../embeddings/json-body.ts'
import { readVector } from '../embeddings/read-vector.ts'
import { refuseInexpressible } from '../inexpressible.ts'
import { countOf, listOf, objectOf, textOf } from '../json-reading.ts'
import { keyLimits } from '../key-limits.ts'
import { withProviderOptions } from '../provider-options.ts'
import { openRequestScope } from '../request-scope.ts'
import { asStreamError } from '../stream-error.ts'
import { errorOf } from './errors.ts'
import { exchange, type SdkCall } from './exchange.ts'

/** The API's own error for more: "at most 100 requests can be in one batch". Each text has its own limit of tokens. */
const LIMITS: BatchLimits = { texts: 100, tokens: null }

/** Google's first model has one length only (ai.google.dev/api/embeddings, `outputDimensionality`). */
const FIXED_DIMENSIONS = /(^|\/)embedding-001$/

/** Google's Gemini API: batchEmbedContents. */
export function googleEmbeddings({ baseUrl }: ProviderSettings, { fetch, clock }: DriverDeps): EmbeddingDriver {
  async function ask(request: EmbeddingRequest, texts: readonly string[], signal: AbortSignal): Promise<EmbeddedBatch> {
    const response = await exchange(request, batchCall(request, texts), { fetch, clock, baseUrl, signal })
    const body = await jsonBody(response)
    if (isJsonObject(body.error)) {
      throw errorOf(body, 200, response.headers, { secret: request.secret, now: clock.now() })
    }
    return {
      limits: keyLimits(response.headers, clock.now()),
      vectors: listOf(body.embeddings).map((embedding) => readVector(objectOf(embedding).values)),
      usage: usageOf(objectOf(body.usageMetadata)),
      model: textOf(body.modelVersion),
    }
  }

  async function* embed(request: EmbeddingRequest, outer: AbortSignal): AsyncGenerator<DriverEvent, void> {
    refuseInexpressible(unsupported(request))
    const scope = openRequestScope(outer)
    try {
      yield* inBatches(batchesOf(request.texts, LIMITS), (texts) => ask(request, texts, scope.signal))
    } catch (error) {
      throw asStreamError(error, outer)
    } finally {
      scope.close()
    }
  }

  return { embed, unsupported }
}

function unsupported({ model, dimensions }: EmbeddingCheck): readonly InputIssue[] {
  if (dimensions === null || !FIXED_DIMENSIONS.test(model)) return []
  return [{ path: ['dimensions'], message: `The vectors of ${model} have one length only. Leave it out.` }]
}

/** The caller's options go into the request for each text: `taskType` and `title` stand there. */
function batchCall({ dimensions, options }: EmbeddingRequest, texts: readonly string[]): SdkCall {
  const requests = texts.map((text) =>
    withProviderOptions(
      {
        content: { parts: [{ text }] },
        ...(dimensions === null ? {} : { outputDimensionality: dimensions }),
      },
      options,
    ),
  )
  // The SDK's types are older than the API; it passes on what it doesn't know, and names the model in each.
  const batch = { requests } as unknown as BatchEmbedContentsRequest
  return { make: (model) => model.batchEmbedContents(batch), nothing: '{}' }
}

/** Older models report none. */
function usageOf({ promptTokenCount, totalTokenCount }: JsonObject): TokenUsage | null {
  const inputTokens = countOf(promptTokenCount) ?? countOf(totalTokenCount)
  return inputTokens === null || inputTokens === 0 ? null : { ...NO_USAGE, inputTokens }
}
