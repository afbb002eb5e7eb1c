import type { JsonObject } from '../../core/json.ts'
import type { Ask } from '../ask.ts'

/** Texts to be turned into vectors, as a request that nobody answers in words. */
export function embeddingAsk(model: string, texts: readonly string[], body: JsonObject): Ask {
  return {
    model,
    streaming: false,
    streamsUsage: true,
    lastUserText: texts[0] ?? '',
    prefill: null,
    toolResults: [],
    inputCharacters: texts.reduce((sum, text) => sum + text.length, 0),
    tools: [],
    choice: { type: 'auto' },
    format: { type: 'text' },
    maxTokens: null,
    stops: [],
    reasoning: 'none',
    body,
  }
}
