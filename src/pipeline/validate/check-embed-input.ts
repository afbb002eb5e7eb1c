import type { Conversation } from '../../core/conversation.ts'
import type { EmbedInput } from '../../core/embed-input.ts'
import type { CompletionRequest } from '../../core/request.ts'
import type { CheckedInput } from './check-input.ts'
import { DEFAULT_INPUT_LIMITS, type InputLimits } from './input-limits.ts'
import { collectIssues, type Issues } from './issues.ts'
import { checkLabel } from './label.ts'
import { checkRouteOrModel } from './model-name.ts'
import { checkInteger } from './numbers.ts'
import { checkProviderOptions } from './provider-options.ts'
import { checkRouting } from './routing.ts'
import { checkTags } from './tags.ts'

/**
 * Texts of one call: as many as OpenAI takes in one request. All vectors of a call are held until the last is there and
 * are then one answer; more texts are better sent as several calls, each of which may fail and be tried by itself.
 */
export const MOST_TEXTS = 2_048

/** Characters of one text: no embedding model reads more than some 32,000 tokens. */
const MOST_TEXT_CHARACTERS = 200_000

/** Far above what any model gives (4,096). */
const MOST_DIMENSIONS = 16_384

/** Characters of `endUser`. */
const MOST_ID_CHARACTERS = 255

/** Checks what a caller wants turned into vectors, all of it at once, before anything is spent. */
export function checkEmbedInput(input: EmbedInput, limits: InputLimits = DEFAULT_INPUT_LIMITS): CheckedInput {
  const issues = collectIssues()
  const request = toRequest(input, limits, issues)
  const found = issues.list()
  return found.length === 0 ? { ok: true, request } : { ok: false, issues: found }
}

/** The request that the input means; not to be used where an issue was found. */
function toRequest(input: EmbedInput, limits: InputLimits, issues: Issues): CompletionRequest {
  checkRouteOrModel(input.model, limits, ['model'], issues)
  checkTexts(input.texts, limits, issues)
  const dimensions = checkInteger(input.dimensions, { least: 1, most: MOST_DIMENSIONS }, ['dimensions'], issues)
  const endUser = input.endUser ?? null
  if (endUser !== null) checkLabel(endUser, MOST_ID_CHARACTERS, ['endUser'], issues)
  return {
    task: { type: 'embedding', texts: input.texts, dimensions },
    model: input.model,
    conversation: textsOnly(input.texts),
    routing: checkRouting(input, limits, issues),
    cache: 'DEFAULT',
    tags: checkTags(input, limits, issues),
    endUser,
    idempotencyKey: null,
    providerOptions: checkProviderOptions(input, limits, issues),
  }
}

function checkTexts(texts: readonly string[], limits: InputLimits, issues: Issues): void {
  if (texts.length === 0) issues.add(['texts'], 'Must not be empty.')
  if (texts.length > MOST_TEXTS) {
    issues.add(['texts'], `Must have at most ${MOST_TEXTS} entries; this has ${texts.length}. Send the others apart.`)
    return
  }
  for (const [index, text] of texts.entries()) checkText(text, ['texts', `${index}`], issues)
  const characters = texts.reduce((sum, text) => sum + text.length, 0)
  if (characters <= limits.textCharacters) return
  issues.add(['texts'], `Must have at most ${limits.textCharacters} characters together; this has ${characters}.`)
}

function checkText(text: string, path: readonly string[], issues: Issues): void {
  if (text.trim() === '') issues.add(path, 'Must not be empty.')
  else if (text.length > MOST_TEXT_CHARACTERS) {
    issues.add(path, `Must have at most ${MOST_TEXT_CHARACTERS} characters; this has ${text.length}.`)
  }
}

/** The texts as all that plans and bounds look at: what is read, and no answer. */
function textsOnly(texts: readonly string[]): Conversation {
  return {
    messages: [{ role: 'user', parts: texts.map((text) => ({ type: 'text', text })) }],
    tools: [],
    toolChoice: null,
    output: { type: 'text' },
    sampling: { maxOutputTokens: 0, temperature: null, topP: null, stop: [], seed: null },
    reasoning: null,
  }
}
