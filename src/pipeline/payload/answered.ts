import type { StoredAnswer } from '../../core/call.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { withinBounds } from './cuts.ts'
import type { Said } from './transcript.ts'

/** What was answered, as it is kept: the fields of `Completion`. `complete` is false where it was broken off. */
export function fullResponse(said: Said): JsonObject | null {
  switch (said.type) {
    case 'nothing':
      return null
    case 'vectors':
      return { store: 'FULL', complete: true, vectors: said.count, dimensions: said.dimensions, cut: [] }
    case 'answer':
      return withinBounds({ store: 'FULL', complete: true, ...answerOf(said.answer) })
    case 'part': {
      const { text, reasoning } = said
      const toolCalls = said.toolCalls.map((call) => ({ ...call }))
      return withinBounds({ store: 'FULL', complete: false, text, reasoning: reasoning || null, toolCalls })
    }
  }
}

/** What an answer was like, without a word of what it said. */
export function shapeOfResponse(said: Said): JsonObject | null {
  switch (said.type) {
    case 'nothing':
      return null
    case 'vectors':
      return { store: 'METADATA', complete: true, vectors: said.count, dimensions: said.dimensions, cut: [] }
    case 'answer': {
      const { text, reasoning, json, toolCalls, finishReason } = said.answer
      const calls = toolCalls.map((call) => ({ name: call.name, characters: JSON.stringify(call.arguments).length }))
      return withinBounds({
        store: 'METADATA',
        complete: true,
        characters: text.length,
        reasoningCharacters: reasoning?.length ?? 0,
        toolCalls: calls,
        json: json !== undefined,
        finishReason,
      })
    }
    case 'part': {
      const calls = said.toolCalls.map(({ name, argumentsText }) => ({ name, characters: argumentsText.length }))
      return withinBounds({
        store: 'METADATA',
        complete: false,
        characters: said.text.length,
        reasoningCharacters: said.reasoning.length,
        toolCalls: calls,
      })
    }
  }
}

function answerOf({ text, reasoning, json, toolCalls, finishReason, providerState }: StoredAnswer): JsonObject {
  const calls = toolCalls.map(({ id, name, arguments: given }) => ({ id, name, arguments: given }))
  const state: JsonValue = providerState && { provider: providerState.provider, state: providerState.state }
  return { text, reasoning, ...(json !== undefined && { json }), toolCalls: calls, finishReason, providerState: state }
}
