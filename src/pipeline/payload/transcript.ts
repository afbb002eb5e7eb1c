import type { StoredAnswer } from '../../core/call.ts'
import type { CallEvent } from '../call-event.ts'

/** What a call has answered so far. */
export type Said =
  | { readonly type: 'nothing' }
  /** Broken off: what was sent and not voided. */
  | {
      readonly type: 'part'
      readonly text: string
      readonly reasoning: string
      /** By their place in the answer, with their arguments as far as they came. */
      readonly toolCalls: readonly PartOfToolCall[]
    }
  | { readonly type: 'answer'; readonly answer: StoredAnswer }
  | { readonly type: 'vectors'; readonly count: number; readonly dimensions: number }

interface PartOfToolCall {
  readonly id: string | null
  readonly name: string | null
  readonly argumentsText: string
}

/** Listens to a call, to know at its end what it answered. */
export interface Transcript {
  note(event: CallEvent): void
  said(): Said
}

export function startTranscript(): Transcript {
  let text = ''
  let reasoning = ''
  let toolCalls = new Map<number, PartOfToolCall>()
  let ending: Said | null = null

  function forget(): void {
    text = ''
    reasoning = ''
    toolCalls = new Map()
  }

  return {
    note(event) {
      switch (event.type) {
        case 'text':
          text += event.text
          return
        case 'reasoning':
          reasoning += event.text
          return
        case 'toolCall': {
          const before = toolCalls.get(event.index) ?? { id: null, name: null, argumentsText: '' }
          const { id, name, argumentsText } = before
          const more = argumentsText + event.argumentsDelta
          toolCalls.set(event.index, { id: event.id ?? id, name: event.name ?? name, argumentsText: more })
          return
        }
        case 'attemptFailed':
          if (event.outputVoided) forget()
          return
        case 'answered': {
          const { outcome } = event
          if (outcome.type === 'embedding') {
            const { vectors } = outcome
            ending = { type: 'vectors', count: vectors.length, dimensions: vectors[0]?.length ?? 0 }
          } else {
            const { output, json, reason, lengthLimit, providerState } = outcome
            ending = { type: 'answer', answer: { ...output, json, finishReason: reason, lengthLimit, providerState } }
          }
          forget()
        }
      }
    },
    said() {
      if (ending !== null) return ending
      if (text === '' && reasoning === '' && toolCalls.size === 0) return { type: 'nothing' }
      return { type: 'part', text, reasoning, toolCalls: [...toolCalls.values()] }
    },
  }
}
