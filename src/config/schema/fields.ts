import { z } from 'zod'
import { parseModelId } from '../../core/routing.ts'
import { saying } from './strict.ts'

export function wholeNumber(least: number, most: number) {
  const advice = `write a whole number from ${least} to ${most}`
  return z.int(saying(advice)).min(least, advice).max(most, advice)
}

export const milliseconds = wholeNumber(1, 3_600_000)

export function oneOf<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, saying(`write one of ${values.map((value) => `"${value}"`).join(', ')}`))
}

export const flag = z.boolean(saying('write true or false'))

/** US dollars per million tokens that are a whole number of picodollars per token. */
export const pricePerMillion = decimal(
  /^\d{1,9}(\.\d{1,6})?$/,
  'write dollars per million tokens as a decimal number in quotes with at most six decimals, such as "0.10"',
)

/** US dollars, above zero. */
export const dollars = decimal(
  /^(?=.*[1-9])\d{1,9}(\.\d{1,12})?$/,
  'write dollars above zero as a decimal number in quotes, such as "0.05"',
)

function decimal(pattern: RegExp, advice: string) {
  return z.string(saying(advice)).regex(pattern, advice)
}

const modelAdvice = 'write a model as "provider/model"'

const modelName = z.string(saying(modelAdvice)).refine((name) => parseModelId(name) !== null, modelAdvice)

const targetAdvice = 'write a model as "provider/model", or the name of another route'

/** A model, or the name of a route; whether there is such a route is not known here. */
export const target = z
  .string(saying(targetAdvice))
  .refine((name) => parseModelId(name) !== null || /^[^\s/]+$/.test(name), targetAdvice)

export const targetList = listOf(target)

export const modelList = listOf(modelName)

function listOf(element: typeof target) {
  return z
    .array(element, saying('write a list of models, such as ["openai/gpt-5-mini"]'))
    .min(1, 'name at least one model, such as ["openai/gpt-5-mini"]')
}

export function share() {
  const advice = 'write a number from 0 to 1'
  return z.number(saying(advice)).min(0, advice).max(1, advice)
}

const wordAdvice = 'write a text that is not empty'

export const word = z.string(saying(wordAdvice)).min(1, wordAdvice)

const wordsAdvice = 'write a text or a list of texts'

export const words = z.union([word, z.array(word).min(1, wordsAdvice)], saying(wordsAdvice))
