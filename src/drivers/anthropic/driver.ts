import type { Driver, DriverEvent, DriverRequest } from '../../core/driver.ts'
import type { DriverDeps, DriverFactory } from '../driver-factory.ts'
import { refuseInexpressible } from '../inexpressible.ts'
import { keyLimits } from '../key-limits.ts'
import { END_GRACE_MS, nextWithin } from '../next-within.ts'
import { type RequestBody, withProviderOptions } from '../provider-options.ts'
import { readList } from '../read-list.ts'
import { openRequestScope } from '../request-scope.ts'
import { asStreamError } from '../stream-error.ts'
import { wireObjects } from '../wire-objects.ts'
import { openAnswer } from './answer.ts'
import { anthropicClients } from './client.ts'
import { asProviderError, type ErrorContext, errorInAnswer } from './errors.ts'
import { takesPrefill } from './prefill.ts'
import { type Translation, translate } from './request.ts'
import { thinking } from './thinking.ts'
import { withoutIdleChoice } from './tools.ts'

/** What the API takes no more since version 2026-10-21, which the SDK sends. Source: Anthropic's page on API versions. */
const OLDER_FIELDS = ['temperature', 'top_p', 'top_k']
const OLDER_VERSION = '2023-06-01'

/**
 * Anthropic's Messages API. Requests go through the SDK's client but not through its `messages.create`, which writes
 * warnings to the console and refuses long answers in one piece.
 */
export const anthropicDriver: DriverFactory = (provider, deps) => {
  const client = anthropicClients(provider.baseUrl, deps.fetch)

  async function send(request: DriverRequest, body: RequestBody, signal: AbortSignal): Promise<Response> {
    const isOlder = OLDER_FIELDS.some((field) => field in body)
    try {
      return await client(request.secret)
        .post('/v1/messages', {
          body: { ...body, stream: request.upstream === 'stream' },
          stream: request.upstream === 'stream',
          signal,
          ...(isOlder ? { headers: { 'anthropic-version': OLDER_VERSION } } : {}),
        })
        .asResponse()
    } catch (error) {
      throw asProviderError(error, signal, { secret: request.secret, now: deps.clock.now() })
    }
  }

  return {
    unsupported: (request) => translate(request).issues,
    takesPrefill,
    thinking,
    async reach(secret, signal) {
      const asked = client(secret)
        .get('/v1/models', { query: { limit: 1 }, signal })
        .asResponse()
      const response = await asked.catch((error: unknown) => {
        throw asProviderError(error, signal, { secret, now: deps.clock.now() })
      })
      await readList(response, signal)
    },
    // The API has none; Anthropic's page on embeddings sends its users to another company.
    embeddings: null,
    async *stream(request, signal) {
      const translation = translate(request)
      refuseInexpressible(translation.issues)
      const scope = openRequestScope(signal)
      try {
        const body = withoutIdleChoice(withProviderOptions(translation.body, request.options))
        const response = await send(request, body, scope.signal)
        const now = deps.clock.now()
        yield { type: 'start', limits: keyLimits(response.headers, now) }
        yield* readAnswer(request, translation, response, scope.signal, deps)
      } finally {
        scope.close()
      }
    },
  } satisfies Driver
}

async function* readAnswer(
  request: DriverRequest,
  { format }: Translation,
  response: Response,
  signal: AbortSignal,
  deps: DriverDeps,
): AsyncGenerator<DriverEvent, void> {
  const answer = openAnswer(request.model, format)
  const reads = wireObjects(response, request.upstream === 'stream')
  const context: ErrorContext = { secret: request.secret, now: deps.clock.now() }
  try {
    while (!answer.isComplete()) {
      const read = await reads.next()
      if (read.done) break
      for (const event of read.value) {
        if (event.type === 'error') throw errorInAnswer(event, response.headers, context)
        yield* answer.take(event)
      }
    }
  } catch (error) {
    throw asStreamError(error, signal)
  }
  signal.throwIfAborted()
  yield answer.finish()
  await nextWithin(reads, END_GRACE_MS, deps.clock)
}
