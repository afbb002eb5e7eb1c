import type { JsonObject } from './json.ts'

/**
 * What a project keeps of its requests and answers beside the ledger's row: nothing, their shape without a word of their
 * content, or all of it.
 */
export const PAYLOAD_STORES = ['NONE', 'METADATA', 'FULL'] as const
export type PayloadStore = (typeof PAYLOAD_STORES)[number]

/** What a call asked and was answered, as it is to be kept. */
export interface Payload {
  readonly callId: string
  readonly projectId: string
  /** When the call came in, in milliseconds since 1970. */
  readonly createdAt: number
  readonly endUser: string | null
  readonly store: Exclude<PayloadStore, 'NONE'>
  readonly request: JsonObject
  /** Null where nothing was answered. */
  readonly response: JsonObject | null
}

/** Keeps payloads. */
export interface PayloadWriter {
  /**
   * Takes a payload in, which is made and written a moment later, after what is more urgent. Never waits and never
   * throws: where it can't be written, the call goes on without it.
   */
  keep(callId: string, make: () => Payload): void
}

/** The two contents of a payload. */
export type PayloadPart = 'request' | 'response'

/** A content that is kept; `tooMuch` where all that were asked for at once would fill the memory. */
export type KeptContent =
  | { readonly type: 'content'; readonly content: JsonObject }
  | { readonly type: 'tooMuch'; readonly bytes: number }

/** Whose words are to be forgotten: those of one call, of an end user's calls, or of all calls before some time. */
export type ErasureSubject =
  | { readonly type: 'call'; readonly callId: string }
  | { readonly type: 'endUser'; readonly endUser: string }
  /** Milliseconds since 1970, exclusive. */
  | { readonly type: 'before'; readonly at: number }

export interface ErasureRequest {
  readonly projectId: string
  readonly subject: ErasureSubject
  /** Who asked; null on the command line. */
  readonly apiKeyId: string | null
  /** Why, in the administrator's own words. */
  readonly comment: string | null
}

/** How much was erased. */
export interface Erased {
  /** Calls of which something was kept. */
  readonly payloads: number
  /** Answers kept for a repeat under an idempotency key. */
  readonly answers: number
  /** Comments on answers, whose scores stay. */
  readonly comments: number
}

/** The payloads that are kept. Nothing is visible across projects. */
export interface PayloadArchive {
  /** One part of the payloads of many calls, by call id; those of which nothing is kept are left out. */
  read(projectId: string, callIds: readonly string[], part: PayloadPart): Promise<ReadonlyMap<string, KeptContent>>
  /**
   * Erases what is kept of calls that came in before now, and writes down that it was asked for. To repeat it does no
   * harm.
   * @returns null where there is no such project, or it has no such call
   */
  erase(request: ErasureRequest): Promise<Erased | null>
}
