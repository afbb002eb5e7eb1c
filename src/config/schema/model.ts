import { z } from 'zod'
import type { ModelConfig } from '../define-config.ts'
import { flag, oneOf, pricePerMillion, wholeNumber, word } from './fields.ts'
import { strict } from './strict.ts'

const tokens = wholeNumber(1, 1_000_000_000)

const price = strict({
  inputPerMillion: pricePerMillion,
  outputPerMillion: pricePerMillion,
  cachedInputPerMillion: pricePerMillion.optional(),
  cacheWritePerMillion: pricePerMillion.optional(),
  cacheWriteHourPerMillion: pricePerMillion.optional(),
})

export const modelSchema = strict({
  contextWindow: tokens.optional(),
  maxOutputTokens: tokens.optional(),
  price: price.optional(),
  tierPrices: z.record(z.string().toLowerCase(), price).optional(),
  upstream: oneOf(['stream', 'unary']).optional(),
  abilities: strict({ vision: flag.optional(), tools: flag.optional(), jsonSchema: flag.optional() }).optional(),
  region: word.optional(),
  dataPolicy: word.optional(),
}) satisfies z.ZodType<ModelConfig>
