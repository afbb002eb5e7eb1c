import type OpenAI from 'openai'
import type { Driver, DriverEvent, DriverRequest, ExpressionCheck } from '../../core/driver.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import type { ProviderSettings } from '../../core/settings.ts'
import { clientCache } from '../client-cache.ts'
import type { DriverDeps } from '../driver-factory.ts'
import { refuseInexpressible } from '../inexpressible.ts'
import { keyLimits } from '../key-limits.ts'
import { asNetworkError } from '../network-error.ts'
import type { RequestBody } from '../provider-options.ts'
import { readList } from '../read-list.ts'
import { openRequestScope } from '../request-scope.ts'
import { asStreamError } from '../stream-error.ts'
import type { AnswerReader } from './answer-reader.ts'
import { openAiClient } from './client.ts'
import type { EmbeddingDialect } from './embeddings/dialect.ts'
import { openAiEmbeddings } from './embeddings/driver.ts'
import { readAnswer } from './read-answer.ts'
import type { ReaderContext } from './reader-context.ts'
import { rejectingFetch } from './rejecting-fetch.ts'
import { thinking } from './thinking.ts'

/** One of the two APIs that the `openai` SDK speaks. */
export interface Wire {
  /** Below the base URL. */
  readonly path: string
  body(request: DriverRequest): RequestBody
  unsupported(check: ExpressionCheck): readonly InputIssue[]
  takesPrefill(check: ExpressionCheck): boolean
  reader(context: ReaderContext): AnswerReader
}

/** A driver on the `openai` SDK for one of its APIs, and for embeddings, which both have beside them. */
export function wireDriver(
  provider: ProviderSettings,
  deps: DriverDeps,
  wire: Wire,
  embeddings: EmbeddingDialect,
): Driver {
  const secretsOf = (secret: string | null) => (secret === null ? [] : [secret])
  const clientFor = clientCache((secret) =>
    openAiClient(provider.baseUrl, secret, rejectingFetch(deps.fetch, deps.clock, secretsOf(secret))),
  )

  async function* stream(request: DriverRequest, outer: AbortSignal): AsyncGenerator<DriverEvent> {
    refuseInexpressible(wire.unsupported(request))
    const scope = openRequestScope(outer)
    try {
      const response = await send(clientFor(request.secret), wire, request, scope.signal).catch((error: unknown) => {
        throw asNetworkError(error, outer)
      })
      const now = deps.clock.now()
      yield { type: 'start', limits: keyLimits(response.headers, now) }
      const reader = wire.reader({ headers: response.headers, now, secrets: secretsOf(request.secret) })
      yield* readAnswer(response, reader, { asked: request.upstream, clock: deps.clock, signal: scope.signal })
    } catch (error) {
      throw asStreamError(error, outer)
    } finally {
      scope.close()
    }
  }

  async function reach(secret: string | null, signal: AbortSignal): Promise<void> {
    const asked = clientFor(secret).get('/models', { signal }).asResponse()
    const response = await asked.catch((error: unknown) => {
      throw asNetworkError(error, signal)
    })
    await readList(response, signal)
  }

  return {
    stream,
    unsupported: wire.unsupported,
    takesPrefill: wire.takesPrefill,
    thinking,
    reach,
    embeddings: openAiEmbeddings(embeddings, clientFor, deps),
  }
}

function send(client: OpenAI, wire: Wire, request: DriverRequest, signal: AbortSignal): Promise<Response> {
  return client
    .post(wire.path, { body: wire.body(request), stream: request.upstream === 'stream', signal })
    .asResponse()
}
