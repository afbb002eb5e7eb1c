import { type Answer, type AnswerUsage, type Ending, type SpaceSide, words } from '../answer.ts'
import type { Frame } from '../frame.ts'
import { seal } from '../seal.ts'
import type { MidStreamError, Wire } from '../wire.ts'
import { readGoogle, SIGNATURE_PREFIX } from './google-read.ts'
import { refuseAsGoogle } from './google-refusals.ts'

/** Gemini sends larger chunks than the others. */
const WORDS_IN_CHUNK = 3

const OVERLOADED = 'The model is overloaded. Please try again later.'

/** Gemini's API (ai.google.dev/api/generate-content). Its events end in CR LF, and nothing marks the end but a finish reason. */
export const google: Wire = {
  name: 'google',
  read: readGoogle,
  keyOf: (headers, query) => headers['x-goog-api-key'] ?? query.get('key'),
  headers: () => ({
    'server-timing': 'gfet4t7; dur=20',
    vary: 'Origin, X-Origin, Referer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'x-xss-protection': '0',
  }),
  body,
  frames,
  refuse: refuseAsGoogle,
  midStreamError: errorInside(503, 'UNAVAILABLE', OVERLOADED),
  statusInside: {
    'error-429': errorInside(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
    'error-500': errorInside(500, 'INTERNAL', 'An internal error has occurred. Please retry.'),
    'error-503': errorInside(503, 'UNAVAILABLE', OVERLOADED),
  },
  streamType: 'text/event-stream',
  wordsInChunk: WORDS_IN_CHUNK,
  malformed: 'data: {"candidates": [{"content": {"parts": [{"te\r\n\r\n',
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\r\n\r\n`
}

function errorInside(code: number, status: string, message: string): MidStreamError {
  const error = { code, message, status }
  return { event: event({ error }), body: JSON.stringify({ error }, null, 2) }
}

type Part = Readonly<Record<string, unknown>>

function signature(answer: Answer): Part {
  return answer.reasoningShown === 'none' ? {} : { thoughtSignature: seal(SIGNATURE_PREFIX, answer.reasoning) }
}

function callParts(answer: Answer): readonly Part[] {
  return answer.toolCalls.map((call, index) => ({
    functionCall: { name: call.name, args: call.arguments },
    ...(index === 0 && signature(answer)),
  }))
}

function body(answer: Answer): string {
  const thoughts = answer.reasoningShown === 'shown' ? [{ text: answer.reasoning, thought: true }] : []
  const said = answer.text === '' ? [] : [{ text: answer.text, ...signature(answer) }]
  const parts = [...thoughts, ...said, ...callParts(answer)]
  return JSON.stringify(chunk(answer, { content: contentOf(parts), ...endingOf(answer) }, answer.usage), null, 2)
}

function frames(answer: Answer): readonly Frame[] {
  const { usage } = answer
  const thoughts =
    answer.reasoningShown === 'shown' ? grouped(answer.reasoning).map((text) => ({ text, thought: true })) : []
  const said = grouped(answer.text, answer.space).map((text) => ({ text }))
  const parts = [...thoughts, ...said, ...callParts(answer)]
  const last = answer.toolCalls.length > 0 ? [{ text: '' }] : [{ text: '', ...signature(answer) }]
  return [
    ...parts.map((part, at): Frame => {
      const running = usage === null ? null : soFar(usage, (at + 1) / parts.length)
      return { kind: 'content', bytes: event(chunk(answer, { content: contentOf([part]) }, running)) }
    }),
    { kind: 'finish', bytes: event(chunk(answer, { content: contentOf(last), ...endingOf(answer) }, usage)) },
  ]
}

/** Each chunk tells the usage up to it; the thinking is over before the first. */
function soFar(usage: AnswerUsage, share: number): AnswerUsage {
  return { ...usage, output: usage.reasoning + Math.floor((usage.output - usage.reasoning) * share) }
}

function grouped(text: string, space: SpaceSide = 'before'): readonly string[] {
  const all = words(text, space)
  const groups: string[] = []
  for (let at = 0; at < all.length; at += WORDS_IN_CHUNK) groups.push(all.slice(at, at + WORDS_IN_CHUNK).join(''))
  return groups
}

function contentOf(parts: readonly Part[]) {
  return parts.length === 0 ? {} : { parts, role: 'model' }
}

function chunk(answer: Answer, candidate: object, usage: AnswerUsage | null) {
  return {
    candidates: [{ ...candidate, index: 0 }],
    ...(usage && { usageMetadata: usageOf(usage) }),
    modelVersion: answer.model,
    responseId: answer.id,
  }
}

const FINISH_REASONS = {
  complete: 'STOP',
  maxTokens: 'MAX_TOKENS',
  stopSequence: 'STOP',
  toolCalls: 'STOP',
  filtered: 'SAFETY',
  refused: 'PROHIBITED_CONTENT',
  missing: undefined,
} satisfies Record<Ending['type'], string | undefined>

function endingOf({ ending }: Answer) {
  const ratings = [{ category: 'HARM_CATEGORY_DANGEROUS_CONTENT', probability: 'HIGH', blocked: true }]
  return {
    finishReason: FINISH_REASONS[ending.type],
    ...(ending.type === 'toolCalls' && { finishMessage: 'Model generated function call(s).' }),
    ...(ending.type === 'filtered' && { safetyRatings: ratings }),
  }
}

function usageOf(usage: AnswerUsage) {
  const spoken = usage.output - usage.reasoning
  return {
    promptTokenCount: usage.input,
    ...(usage.cached > 0 && { cachedContentTokenCount: usage.cached }),
    ...(spoken > 0 && { candidatesTokenCount: spoken }),
    totalTokenCount: usage.input + usage.output,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
    ...(usage.cached > 0 && { cacheTokensDetails: [{ modality: 'TEXT', tokenCount: usage.cached }] }),
    ...(usage.reasoning > 0 && { thoughtsTokenCount: usage.reasoning }),
    serviceTier: 'standard',
  }
}
