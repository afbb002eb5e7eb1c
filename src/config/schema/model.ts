import type { z } from 'zod'
import type { ModelConfig } from '../define-config.ts'
import { oneOf, pricePerMillion, wholeNumber } from './fields.ts'
import { strict } from './strict.ts'

const tokens = wholeNumber(1, 1_000_000_000)

export const modelSchema = strict({
  contextWindow: tokens.optional(),
  maxOutputTokens: tokens.optional(),
  price: strict({
    inputPerMillion: pricePerMillion,
    outputPerMillion: pricePerMillion,
    cachedInputPerMillion: pricePerMillion.optional(),
    cacheWritePerMillion: pricePerMillion.optional(),
    cacheWriteHourPerMillion: pricePerMillion.optional(),
  }).optional(),
  upstream: oneOf(['stream', 'unary']).optional(),
}) satisfies z.ZodType<ModelConfig>
