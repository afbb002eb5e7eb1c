import type { FinishReason } from '../../core/driver.ts'
import { ProviderError } from '../../core/provider-error.ts'
import { malformed } from '../stream-error.ts'

/** What is known of an answer at its end. */
export interface Ending {
  /** The API's `finishReason` and `finishMessage`. */
  readonly reason: string
  readonly message: string | null
  readonly toolCalls: number
  readonly hasOutput: boolean
}

type Meaning = (ending: Ending) => FinishReason

const broken: Meaning = ({ reason, message }) => {
  throw malformed(message ?? `The provider could not finish its answer (${reason}).`)
}

const blocked: Meaning = ({ reason, message, hasOutput }) => {
  if (hasOutput) return 'CONTENT_FILTER'
  throw rejected(message ?? `The provider withheld the answer (${reason}).`)
}

/** The caller left out what an earlier answer wanted back. */
const unsigned: Meaning = ({ reason, message }) => {
  throw new ProviderError({
    kind: 'INVALID_REQUEST',
    message: message ?? `The provider wants ${reason}.`,
    httpStatus: 200,
  })
}

/** A call of a tool that was not declared is a whole call all the same; without one nothing has come. */
const undeclared: Meaning = (ending) => (ending.toolCalls > 0 ? 'TOOL_CALLS' : broken(ending))

/** Source: Google's reference of FinishReason, of the Gemini API and of Vertex AI. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  STOP: ({ toolCalls }) => (toolCalls > 0 ? 'TOOL_CALLS' : 'STOP'),
  MAX_TOKENS: () => 'LENGTH',
  SAFETY: blocked,
  RECITATION: blocked,
  LANGUAGE: blocked,
  BLOCKLIST: blocked,
  PROHIBITED_CONTENT: blocked,
  SPII: blocked,
  MODEL_ARMOR: blocked,
  IMAGE_SAFETY: blocked,
  IMAGE_PROHIBITED_CONTENT: blocked,
  IMAGE_RECITATION: blocked,
  UNEXPECTED_TOOL_CALL: undeclared,
  MISSING_THOUGHT_SIGNATURE: unsigned,
}

/**
 * What an answer's end means; an end that is not known here, as one of unknown cause (OTHER), is no success.
 * @throws ProviderError where it's no answer
 */
export function finishReasonOf(ending: Ending): FinishReason {
  return (MEANINGS[ending.reason] ?? broken)(ending)
}

/** For content that was refused before output came. */
export function rejected(message: string): ProviderError {
  return new ProviderError({ kind: 'CONTENT_REJECTED', message, httpStatus: 200 })
}
