import type { Wire } from './wire.ts'
import { anthropic } from './wires/anthropic.ts'
import { google } from './wires/google.ts'
import { openAiChat } from './wires/openai-chat.ts'

/** Models to show in lists; any other name answers as well. */
const MODELS = {
  openai: [
    'gpt-5',
    'gpt-5-mini',
    'gpt-5-nano',
    'gpt-4.1',
    'gpt-4.1-mini',
    'text-embedding-3-small',
    'text-embedding-3-large',
  ],
  anthropic: ['claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5'],
  google: ['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-2.5-flash-lite', 'gemini-embedding-001'],
}

/** 2025-01-01 in seconds since 1970. */
const CREATED = 1_735_689_600

/** A provider's list of models. */
export interface ModelList {
  /** The wire whose keys and refusals it has. */
  readonly wire: Wire
  read(): object
}

const LISTS: Readonly<Record<string, ModelList>> = {
  '/openai/v1/models': { wire: openAiChat, read: openAiList },
  '/anthropic/v1/models': { wire: anthropic, read: anthropicList },
  '/google/v1beta/models': { wire: google, read: googleList },
}

function openAiList(): object {
  return {
    object: 'list',
    data: MODELS.openai.map((id) => ({ id, object: 'model', created: CREATED, owned_by: 'simulator' })),
  }
}

function anthropicList(): object {
  return {
    data: MODELS.anthropic.map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: new Date(CREATED * 1000).toISOString(),
    })),
    has_more: false,
    first_id: MODELS.anthropic[0],
    last_id: MODELS.anthropic.at(-1),
  }
}

function googleList(): object {
  return {
    models: MODELS.google.map((id) => ({
      name: `models/${id}`,
      displayName: id,
      inputTokenLimit: 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: id.includes('embedding') ? ['embedContent'] : ['generateContent'],
    })),
  }
}

/** A provider's list of models; null where the path is none's. */
export function modelList(pathname: string): ModelList | null {
  return LISTS[pathname] ?? null
}
