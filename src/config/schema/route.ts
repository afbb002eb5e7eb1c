import { z } from 'zod'
import type { RouteConfig, RulesConfig } from '../define-config.ts'
import { dollars, milliseconds, modelList, modelName, oneOf, wholeNumber } from './fields.ts'
import { saying, strict } from './strict.ts'

const rules = {
  timeouts: strict({
    firstTokenMs: milliseconds.optional(),
    idleMs: milliseconds.optional(),
    totalMs: milliseconds.optional(),
  }).optional(),
  attempts: strict({ perModel: wholeNumber(1, 20).optional(), perCall: wholeNumber(1, 100).optional() }).optional(),
  midStream: oneOf(['RESTART', 'CONTINUE', 'FAIL']).optional(),
  upstream: oneOf(['stream', 'unary']).optional(),
  maxCostUsd: dollars.optional(),
  onContentRejected: oneOf(['fail', 'nextCandidate']).optional(),
}

export const rulesSchema = strict(rules) satisfies z.ZodType<RulesConfig>

const weightAdvice = 'write a number above zero'
const weight = z.number(saying(weightAdvice)).positive(weightAdvice)

const weightedTarget = z.union(
  [modelName, strict({ model: modelName, weight })],
  saying('write a model as "provider/model", or { model: "provider/model", weight: 3 } with a weight above zero'),
)

export const routeSchema = z.discriminatedUnion(
  'strategy',
  [
    strict({ strategy: z.literal('priority'), models: modelList, ...rules }),
    strict({ strategy: z.literal('cheapest'), models: modelList, ...rules }),
    strict({
      strategy: z.literal('weighted'),
      models: z
        .array(weightedTarget, saying('write a list of models, such as ["openai/gpt-5-mini"]'))
        .min(1, 'name at least one model'),
      weights: z.record(z.string(), weight, saying('write weights by model, such as { "a/b": 3 }')).optional(),
      ...rules,
    }),
    strict({
      strategy: z.literal('complexity'),
      tiers: strict({ simple: modelList, complex: modelList }),
      ...rules,
    }),
  ],
  saying('write { strategy: … }, which is one of "priority", "cheapest", "weighted", "complexity"'),
) satisfies z.ZodType<RouteConfig>
