import type { ReasoningEffort } from '../core/conversation.ts'

/** What comes before the first token: thinking of some effort, or, for vectors, all of the work on the first texts. */
export type BeforeFirstToken = ReasoningEffort | 'EMBEDDING'

/** Nobody can see a model think everywhere: some say nothing until they are done, and hard thoughts take minutes. */
const STANDARD_MS = {
  NONE: 30_000,
  LOW: 60_000,
  MEDIUM: 120_000,
  HIGH: 300_000,
  EMBEDDING: 20_000,
} as const satisfies Record<BeforeFirstToken, number>

/** How long the first token is waited for where neither the caller nor the route says, in milliseconds. */
export function standardFirstTokenMs(before: BeforeFirstToken): number {
  return STANDARD_MS[before]
}
