import type OpenAI from 'openai'
import type { DriverEvent, EmbeddingDriver, EmbeddingRequest } from '../../../core/driver.ts'
import { ProviderError } from '../../../core/provider-error.ts'
import type { DriverDeps } from '../../driver-factory.ts'
import { batchesOf } from '../../embeddings/batches.ts'
import { type EmbeddedBatch, inBatches } from '../../embeddings/in-batches.ts'
import { jsonBody } from '../../embeddings/json-body.ts'
import { refuseInexpressible } from '../../inexpressible.ts'
import { keyLimits } from '../../key-limits.ts'
import { asNetworkError } from '../../network-error.ts'
import { withProviderOptions } from '../../provider-options.ts'
import { openRequestScope } from '../../request-scope.ts'
import { asStreamError } from '../../stream-error.ts'
import { readEmbeddings } from './answer.ts'
import type { EmbeddingDialect } from './dialect.ts'
import { embeddingIssues } from './unsupported.ts'

/** Embeddings of an API that the `openai` SDK speaks (platform.openai.com/docs/api-reference/embeddings). */
export function openAiEmbeddings(
  dialect: EmbeddingDialect,
  clientFor: (secret: string | null) => OpenAI,
  { clock }: Pick<DriverDeps, 'clock'>,
): EmbeddingDriver {
  async function ask(request: EmbeddingRequest, texts: readonly string[], signal: AbortSignal): Promise<EmbeddedBatch> {
    const body = withProviderOptions(bodyOf(request, texts, dialect), request.options)
    const response = await clientFor(request.secret)
      .post('/embeddings', { body, signal })
      .asResponse()
      .catch((error: unknown) => {
        throw aboutTexts(asNetworkError(error, signal))
      })
    const now = clock.now()
    const secrets = request.secret === null ? [] : [request.secret]
    const context = { headers: response.headers, now, secrets }
    return { limits: keyLimits(response.headers, now), ...readEmbeddings(await jsonBody(response), context) }
  }

  async function* embed(request: EmbeddingRequest, outer: AbortSignal): AsyncGenerator<DriverEvent, void> {
    refuseInexpressible(embeddingIssues(request, dialect))
    const scope = openRequestScope(outer)
    try {
      yield* inBatches(batchesOf(request.texts, dialect.limits), (texts) => ask(request, texts, scope.signal))
    } catch (error) {
      throw asStreamError(error, outer)
    } finally {
      scope.close()
    }
  }

  return { embed, unsupported: (check) => embeddingIssues(check, dialect) }
}

function bodyOf({ model, dimensions }: EmbeddingRequest, texts: readonly string[], dialect: EmbeddingDialect) {
  return { model, input: texts, ...(dimensions === null ? {} : { [dialect.dimensionsField]: dimensions }) }
}

/** What the API calls its input are messages where a conversation is asked, and texts here. */
function aboutTexts(error: ProviderError): ProviderError {
  if (!error.issues.some(({ path }) => path[0] === 'messages')) return error
  const { kind, message, httpStatus, cause } = error
  const issues = error.issues.map((issue) => (issue.path[0] === 'messages' ? { ...issue, path: ['texts'] } : issue))
  return new ProviderError({ kind, message, issues, cause, ...(httpStatus === null ? {} : { httpStatus }) })
}
