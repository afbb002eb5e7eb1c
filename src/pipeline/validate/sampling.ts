import type { CompletionInput } from '../../core/completion-input.ts'
import type { Reasoning, Sampling } from '../../core/conversation.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues } from './issues.ts'
import { checkInteger, checkNumber } from './numbers.ts'

/** GraphQL's Int: what the API can carry. */
const INT = { least: -2_147_483_648, most: 2_147_483_647 }
const COUNT = { least: 1, most: INT.most }

export function checkSampling(input: CompletionInput, limits: InputLimits, issues: Issues): Sampling {
  return {
    maxOutputTokens: checkInteger(input.maxOutputTokens, COUNT, ['maxOutputTokens'], issues),
    temperature: checkNumber(input.temperature, { least: 0, most: 2 }, ['temperature'], issues),
    topP: checkNumber(input.topP, { least: 0, most: 1 }, ['topP'], issues),
    stop: checkStop(input.stop ?? [], limits, issues),
    seed: checkInteger(input.seed, INT, ['seed'], issues),
  }
}

function checkStop(stop: readonly string[], limits: InputLimits, issues: Issues): readonly string[] {
  if (stop.length > limits.stopSequences) {
    issues.add(['stop'], `Must have at most ${limits.stopSequences} entries; this has ${stop.length}.`)
    return []
  }
  for (const [index, sequence] of stop.entries()) {
    if (sequence === '') issues.add(['stop', `${index}`], 'Must not be empty.')
    else if (sequence.length > limits.stopCharacters) {
      issues.add(['stop', `${index}`], `Must have at most ${limits.stopCharacters} characters.`)
    }
  }
  return stop
}

export function checkReasoning(input: CompletionInput, issues: Issues): Reasoning | null {
  if (input.reasoning == null) return null
  const { effort = null, maxTokens: given } = input.reasoning
  if (effort === null && given == null)
    issues.add(['reasoning'], 'Give `effort`, `maxTokens` or both; or leave it out.')
  const maxTokens = checkInteger(given, COUNT, ['reasoning', 'maxTokens'], issues)
  if (effort === 'NONE' && maxTokens !== null) {
    issues.add(['reasoning', 'maxTokens'], 'Leave it out with effort NONE: there is nothing to bound.')
  }
  return { effort, maxTokens }
}
