import type { GenerateContentRequest } from '@google/generative-ai'
import type { Driver, DriverEvent, DriverRequest, Upstream } from '../../core/driver.ts'
import { isJsonObject } from '../../core/json.ts'
import type { DriverDeps, DriverFactory } from '../driver-factory.ts'
import { refuseInexpressible } from '../inexpressible.ts'
import { keyLimits } from '../key-limits.ts'
import { END_GRACE_MS, nextWithin } from '../next-within.ts'
import { type RequestBody, withProviderOptions } from '../provider-options.ts'
import { openRequestScope } from '../request-scope.ts'
import { asStreamError } from '../stream-error.ts'
import { wireObjects } from '../wire-objects.ts'
import { openAnswer } from './answer.ts'
import { callIds } from './call-id.ts'
import { googleEmbeddings } from './embeddings.ts'
import { errorOf } from './errors.ts'
import { exchange, type SdkCall } from './exchange.ts'
import { reach } from './reach.ts'
import { translate } from './request.ts'
import { thinking } from './thinking.ts'

/** Google's Gemini API: generateContent and streamGenerateContent. */
export const googleDriver: DriverFactory = (provider, deps) =>
  ({
    unsupported: (request) => translate(request).issues,
    // Gemini takes a turn of the model at the end, but nothing says that it goes on from it.
    takesPrefill: () => false,
    thinking,
    reach: (secret, signal) => reach(provider, deps, secret, signal),
    embeddings: googleEmbeddings(provider, deps),
    async *stream(request, signal) {
      const translation = translate(request)
      refuseInexpressible(translation.issues)
      const scope = openRequestScope(signal)
      try {
        const body = withProviderOptions(translation.body, request.options)
        const { fetch, clock } = deps
        const response = await exchange(request, CALLS[request.upstream](asSdkRequest(body)), {
          fetch,
          clock,
          baseUrl: provider.baseUrl,
          signal: scope.signal,
        })
        yield { type: 'start', limits: keyLimits(response.headers, clock.now()) }
        yield* readAnswer(request, response, scope.signal, deps)
      } finally {
        scope.close()
      }
    },
  }) satisfies Driver

const CALLS = {
  stream: (body) => ({ make: (model) => model.generateContentStream(body), nothing: '' }),
  unary: (body) => ({ make: (model) => model.generateContent(body), nothing: '{}' }),
} as const satisfies Record<Upstream, (body: GenerateContentRequest) => SdkCall>

/** The SDK's types are older than the API; it passes on what it doesn't know. */
function asSdkRequest(body: RequestBody): GenerateContentRequest {
  return body as unknown as GenerateContentRequest
}

/**
 * The end mark is a candidate's `finishReason`, and usage comes with it; what may follow gets a moment to come, since the
 * stream says nothing more to tell that it is over.
 */
async function* readAnswer(
  request: DriverRequest,
  response: Response,
  signal: AbortSignal,
  deps: DriverDeps,
): AsyncGenerator<DriverEvent, void> {
  const answer = openAnswer(request.model, callIds(request.conversation.messages))
  const reads = wireObjects(response, request.upstream === 'stream')
  try {
    for (;;) {
      const read = answer.isComplete() ? await nextWithin(reads, END_GRACE_MS, deps.clock) : await reads.next()
      if (read === null || read.done) break
      for (const chunk of read.value) {
        if (isJsonObject(chunk.error)) {
          throw errorOf(chunk, 200, response.headers, { secret: request.secret, now: deps.clock.now() })
        }
        yield* answer.take(chunk)
      }
    }
  } catch (error) {
    throw asStreamError(error, signal)
  }
  signal.throwIfAborted()
  yield answer.finish()
}
