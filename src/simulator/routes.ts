import type { Wire, WireRequest } from './wire.ts'
import { anthropic } from './wires/anthropic.ts'
import { google } from './wires/google.ts'
import { openAiChat } from './wires/openai-chat.ts'
import { openAiResponses } from './wires/openai-responses.ts'

/** Which wire serves a path, and what the path says of the request. */
export interface ApiRoute {
  readonly wire: Wire
  readonly path: WireRequest['path']
}

const FIXED: Readonly<Record<string, Wire>> = {
  '/openai/v1/chat/completions': openAiChat,
  '/openai/v1/responses': openAiResponses,
  '/anthropic/v1/messages': anthropic,
}

const GEMINI = /^\/google\/v1(?:beta|alpha)?\/models\/(?<model>[^/]+):(?<method>generateContent|streamGenerateContent)$/

/** The route of a path; null where none of the APIs has it. */
export function apiRoute(pathname: string): ApiRoute | null {
  const wire = FIXED[pathname]
  if (wire !== undefined) return { wire, path: null }
  const { model, method } = GEMINI.exec(pathname)?.groups ?? {}
  if (model === undefined) return null
  return { wire: google, path: { model: decoded(model), streaming: method === 'streamGenerateContent' } }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
