import type { JsonObject } from '../../core/json.ts'
import type { Answer } from '../answer.ts'
import type { Ask } from '../ask.ts'
import { numberAt, objectAt, objectsAt, spokenIn, textAt } from '../json-access.ts'
import { lengthOf, vectorOf } from '../vectors.ts'
import type { Reading, Wire, WireRequest } from '../wire.ts'
import { embeddingAsk } from './embedding-ask.ts'
import { google } from './google.ts'
import { refuseAsGoogle } from './google-refusals.ts'

const MOST_REQUESTS = 100

/** Gemini's embedContent and batchEmbedContents (ai.google.dev/api/embeddings), which answer in one piece. */
export const googleEmbeddings: Wire = {
  ...google,
  name: 'google-embeddings',
  read,
  body,
  frames: () => [],
  // Only a generated answer can be blocked inside a 200.
  refuse: (name, context) => refuseAsGoogle(name === 'blocked' ? '400' : name, context),
}

function read({ body: request, path }: WireRequest): Reading {
  const model = path?.model ?? ''
  const texts = requestsIn(request).map(textIn)
  const wrong = problemOf(request, model, texts)
  if (wrong !== null) return { type: 'invalid', model, detail: wrong }
  return { type: 'ask', ask: embeddingAsk(model, texts, request) }
}

/** A batch holds whole requests; without one, the request is the only one. */
function requestsIn(request: JsonObject): readonly JsonObject[] {
  return request.requests === undefined ? [request] : objectsAt(request, 'requests')
}

function textIn(request: JsonObject): string {
  return spokenIn(objectAt(request, 'content').parts)
}

/** The SDK writes the model's name in a body as it stands in the path, where a `+` of ours is encoded. */
function problemOf(request: JsonObject, model: string, texts: readonly string[]): string | null {
  const requests = requestsIn(request)
  if (requests.length > MOST_REQUESTS) {
    return `* BatchEmbedContentsRequest.requests: at most ${MOST_REQUESTS} requests can be in one batch\n`
  }
  if (requests.length === 0) return '* BatchEmbedContentsRequest.requests: requests must not be empty\n'
  const names = [`models/${model}`, `models/${encodeURIComponent(model)}`]
  if (request.requests !== undefined && requests.some((each) => !names.includes(textAt(each, 'model'))))
    return "* BatchEmbedContentsRequest.requests: model must match that of the batch's own\n"
  if (texts.some((text) => text === '')) return '* EmbedContentRequest.content: content is empty\n'
  const [base = ''] = model.split('+')
  const tooLong = requests.some((each) => (numberAt(each, 'outputDimensionality') ?? 0) > lengthOf(base))
  return tooLong ? `* EmbedContentRequest.output_dimensionality: must be at most ${lengthOf(base)}\n` : null
}

function body(answer: Answer, { body: request }: Ask): string {
  const embeddings = requestsIn(request).map((each) => ({
    values: vectorOf(textIn(each), numberAt(each, 'outputDimensionality') ?? lengthOf(answer.model)),
  }))
  const told = answer.usage && { usageMetadata: usageOf(answer.usage.input) }
  return JSON.stringify(
    request.requests === undefined ? { embedding: embeddings[0], ...told } : { embeddings, ...told },
  )
}

function usageOf(tokens: number) {
  return {
    promptTokenCount: tokens,
    totalTokenCount: tokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }],
  }
}
