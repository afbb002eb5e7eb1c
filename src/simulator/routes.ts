import type { Wire, WireRequest } from './wire.ts'
import { anthropic } from './wires/anthropic.ts'
import { google } from './wires/google.ts'
import { googleEmbeddings } from './wires/google-embeddings.ts'
import { openAiChat } from './wires/openai-chat.ts'
import { openAiEmbeddings } from './wires/openai-embeddings.ts'
import { openAiResponses } from './wires/openai-responses.ts'

/** Which wire serves a path, and what the path says of the request. */
export interface ApiRoute {
  readonly wire: Wire
  readonly path: WireRequest['path']
}

const FIXED: Readonly<Record<string, Wire>> = {
  '/openai/v1/chat/completions': openAiChat,
  '/openai/v1/responses': openAiResponses,
  '/openai/v1/embeddings': openAiEmbeddings,
  '/anthropic/v1/messages': anthropic,
}

const GEMINI = /^\/google\/v1(?:beta|alpha)?\/models\/(?<model>[^/]+):(?<method>\w+)$/

const GEMINI_METHODS: Readonly<Record<string, Wire>> = {
  generateContent: google,
  streamGenerateContent: google,
  embedContent: googleEmbeddings,
  batchEmbedContents: googleEmbeddings,
}

/** The route of a path; null where none of the APIs has it. */
export function apiRoute(pathname: string): ApiRoute | null {
  const wire = FIXED[pathname]
  if (wire !== undefined) return { wire, path: null }
  const { model, method = '' } = GEMINI.exec(pathname)?.groups ?? {}
  const gemini = Object.hasOwn(GEMINI_METHODS, method) ? GEMINI_METHODS[method] : undefined
  if (model === undefined || gemini === undefined) return null
  return { wire: gemini, path: { model: decoded(model), streaming: method === 'streamGenerateContent' } }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
