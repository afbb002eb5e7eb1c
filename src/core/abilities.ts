import type { Conversation } from './conversation.ts'

/** What a request may need of a model and not every model has. */
export const ABILITIES = ['vision', 'tools', 'jsonSchema'] as const
export type Ability = (typeof ABILITIES)[number]

/** What is said of a model's abilities; null where nobody says. */
export type ModelAbilities = Readonly<Record<Ability, boolean | null>>

export const UNKNOWN_ABILITIES: ModelAbilities = { vision: null, tools: null, jsonSchema: null }

/** The abilities that a request needs: vision for images, tools for tools, JSON Schema for an output of that form. */
export function neededAbilities({ messages, tools, output }: Conversation): readonly Ability[] {
  const needs: Readonly<Record<Ability, boolean>> = {
    vision: messages.some((message) => message.role === 'user' && message.parts.some(isImage)),
    tools: tools.length > 0,
    jsonSchema: output.type === 'schema',
  }
  return ABILITIES.filter((ability) => needs[ability])
}

function isImage(part: { readonly type: string; readonly mediaType?: string }): boolean {
  return part.type === 'image' || (part.type === 'file' && (part.mediaType ?? '').startsWith('image/'))
}
