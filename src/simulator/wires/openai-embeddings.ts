import type { JsonObject } from '../../core/json.ts'
import { type Answer, tokensOf } from '../answer.ts'
import type { Ask } from '../ask.ts'
import { numberAt, textAt, textsAt } from '../json-access.ts'
import { lengthOf, vectorOf } from '../vectors.ts'
import type { Reading, Wire, WireRequest } from '../wire.ts'
import { embeddingAsk } from './embedding-ask.ts'
import { openAiChat } from './openai-chat.ts'
import { refuseAsOpenAi } from './openai-common.ts'

/** The limits of one request (platform.openai.com/docs/api-reference/embeddings/create). */
const MOST_TEXTS = 2_048
const MOST_TOKENS = 300_000
const MOST_TOKENS_OF_TEXT = 8_192

/** OpenAI's embeddings API, which answers in one piece. */
export const openAiEmbeddings: Wire = {
  ...openAiChat,
  name: 'openai-embeddings',
  read,
  body,
  frames: () => [],
  refuse: refuseAsOpenAi('input'),
}

function read({ body: request }: WireRequest): Reading {
  const model = textAt(request, 'model')
  const texts = textsAt(request, 'input')
  const wrong = problemOf(request, model, texts)
  if (wrong !== null) return { type: 'invalid', model, detail: wrong }
  return { type: 'ask', ask: embeddingAsk(model, texts, request) }
}

function problemOf(request: JsonObject, model: string, texts: readonly string[]): string | null {
  if (model === '') return 'you must provide a model parameter'
  if (texts.length === 0) return "'$.input' is invalid: the simulator takes a text or a list of texts."
  if (texts.some((text) => text === '')) return "Invalid 'input': input cannot be an empty string."
  if (texts.length > MOST_TEXTS) {
    return `Invalid 'input': array too long. Expected an array with maximum length ${MOST_TEXTS}, but got an array with length ${texts.length} instead.`
  }
  const tokens = texts.map((text) => tokensOf(text.length))
  const longest = Math.max(...tokens)
  if (longest > MOST_TOKENS_OF_TEXT) {
    return `This model's maximum context length is ${MOST_TOKENS_OF_TEXT} tokens, however you requested ${longest} tokens (${longest} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`
  }
  const total = tokens.reduce((sum, each) => sum + each, 0)
  if (total > MOST_TOKENS) return `Requested ${total} tokens, max ${MOST_TOKENS} tokens per request`
  const [base = ''] = model.split('+')
  const dimensions = numberAt(request, 'dimensions')
  if (dimensions === null) return null
  if (base.includes('ada-002')) return 'This model does not support specifying dimensions.'
  return dimensions > lengthOf(base) ? `Invalid value for 'dimensions': must be at most ${lengthOf(base)}.` : null
}

function body(answer: Answer, { body: request }: Ask): string {
  const length = numberAt(request, 'dimensions') ?? lengthOf(answer.model)
  const inBase64 = textAt(request, 'encoding_format') === 'base64'
  const data = textsAt(request, 'input').map((text, index) => {
    const vector = vectorOf(text, length)
    return { object: 'embedding', index, embedding: inBase64 ? base64Of(vector) : vector }
  })
  const tokens = answer.usage?.input
  const usage = tokens === undefined ? undefined : { prompt_tokens: tokens, total_tokens: tokens }
  return JSON.stringify({ object: 'list', data, model: answer.model, usage })
}

function base64Of(vector: readonly number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString('base64')
}
