import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../../src/core/provider-error.ts'
import { isLimitTooLarge, stricter } from '../../../src/pipeline/attempt/own-limit.ts'

const refused = (message: string, httpStatus: number | undefined) =>
  new ProviderError({ kind: 'INVALID_REQUEST', message, ...(httpStatus === undefined ? {} : { httpStatus }) })

describe('a limit on output that was set here', () => {
  it('is the stricter of two', () => {
    expect(stricter(null, null)).toBeNull()
    expect(stricter(200, 300)).toEqual({ tokens: 200, by: 'MAX_COST' })
    expect(stricter(null, 300)).toEqual({ tokens: 300, by: 'QUOTA' })
    expect(stricter(200, 100)).toEqual({ tokens: 100, by: 'QUOTA' })
  })

  it.each([
    'max_tokens is too large: 83333. This model supports at most 16384 completion tokens, whereas you provided 83333.',
    "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 16384, but got 83333 instead.",
    'max_tokens: 83333 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5',
    'maxOutputTokens value of 83333 but the supported range is from 1 (inclusive) to 65537 (exclusive).',
    '`max_completion_tokens` must be less than or equal to `32768`, the maximum value for `max_completion_tokens`',
  ])('is known to be larger than the model takes: %s', (message) => {
    expect(isLimitTooLarge(refused(message, 400))).toBe(true)
  })

  it.each([
    ['`max_tokens` must be greater than `thinking.budget_tokens`', 400],
    ["Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 1 instead.", 400],
    ['messages: at most 100 images are taken', 400],
    ['maxOutputTokens: With reasoning, this model takes at most so much.', undefined],
  ])('is not blamed for anything else: %s', (message, httpStatus) => {
    expect(isLimitTooLarge(refused(message, httpStatus))).toBe(false)
  })
})
