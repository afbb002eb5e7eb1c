import type { Ask } from '../ask.ts'
import { objectAt } from '../json-access.ts'

const FILLER = 'sImULaTed0nOiSe9'

/** Whether a stream's deltas carry filler: always, unless `stream_options.include_obfuscation` says no. */
export function obfuscates(ask: Ask): boolean {
  return objectAt(ask.body, 'stream_options').include_obfuscation !== false
}

/** What OpenAI adds to a delta so that its length does not tell what is in it. */
export function obfuscation(delta: string): string {
  return FILLER.slice(delta.length % FILLER.length)
}
