import { z } from 'zod'
import { ABILITIES } from '../../core/abilities.ts'
import { type CustomStrategy, WEEKDAYS } from '../../core/route-policy.ts'
import type { RouteConfig, RulesConfig } from '../define-config.ts'
import {
  dollars,
  milliseconds,
  modelList,
  oneOf,
  share,
  target,
  targetList,
  wholeNumber,
  word,
  words,
} from './fields.ts'
import { saying, strict } from './strict.ts'

const rules = {
  timeouts: strict({
    firstTokenMs: milliseconds.optional(),
    idleMs: milliseconds.optional(),
    totalMs: milliseconds.optional(),
  }).optional(),
  attempts: strict({ perModel: wholeNumber(1, 20).optional(), perCall: wholeNumber(1, 100).optional() }).optional(),
  midStream: oneOf(['RESTART', 'CONTINUE', 'FAIL']).optional(),
  hedge: z
    .union(
      [z.boolean(), strict({ afterMs: milliseconds.optional() })],
      saying('write true, false or { afterMs: … } with milliseconds'),
    )
    .optional(),
  upstream: oneOf(['stream', 'unary']).optional(),
  maxCostUsd: dollars.optional(),
  onContentRejected: oneOf(['fail', 'nextCandidate']).optional(),
  requires: strict({ region: words.optional(), dataPolicy: words.optional() }).optional(),
}

export const rulesSchema = strict(rules) satisfies z.ZodType<RulesConfig>

const weightAdvice = 'write a number above zero'
const weight = z.number(saying(weightAdvice)).positive(weightAdvice)

const weightedTarget = z.union(
  [target, strict({ model: target, weight })],
  saying('write a model as "provider/model", or { model: "provider/model", weight: 3 } with a weight above zero'),
)

const stickyBy = z
  .union([z.literal('endUser'), strict({ tag: word })], saying('write "endUser", or { tag: "key" }'))
  .optional()

const tokens = wholeNumber(0, 1_000_000_000).optional()
const timeAdvice = 'write a time such as "08:30"'
const timeOfDay = z.string(saying(timeAdvice)).regex(/^([01]\d|2[0-3]):[0-5]\d$/, timeAdvice)
const zoneAdvice = 'write a time zone such as "Europe/Berlin"'

const conditions = strict({
  tags: z.record(z.string(), words, saying('write values by key, such as { plan: "free" }')).optional(),
  project: words.optional(),
  endUser: words.optional(),
  inputTokens: strict({ atLeast: tokens, atMost: tokens }).optional(),
  needs: z.array(oneOf(ABILITIES), saying('write a list, such as ["vision"]')).min(1, 'name at least one').optional(),
  time: strict({
    zone: z.string(saying(zoneAdvice)).refine(isTimeZone, zoneAdvice).optional(),
    days: z
      .array(oneOf(WEEKDAYS), saying('write a list, such as ["sat", "sun"]'))
      .min(1, 'name at least one')
      .optional(),
    from: timeOfDay.optional(),
    to: timeOfDay.optional(),
  }).optional(),
})

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const byStrategy = {
  priority: strict({ strategy: z.literal('priority'), models: targetList, ...rules }),
  cheapest: strict({ strategy: z.literal('cheapest'), models: targetList, ...rules }),
  leastBusy: strict({ strategy: z.literal('leastBusy'), models: targetList, ...rules }),
  fastest: strict({ strategy: z.literal('fastest'), models: targetList, explore: share().optional(), ...rules }),
  weighted: strict({
    strategy: z.literal('weighted'),
    models: z
      .array(weightedTarget, saying('write a list of models, such as ["openai/gpt-5-mini"]'))
      .min(1, 'name at least one model'),
    weights: z.record(z.string(), weight, saying('write weights by model, such as { "a/b": 3 }')).optional(),
    stickyBy,
    ...rules,
  }),
  complexity: strict({
    strategy: z.literal('complexity'),
    tiers: strict({ simple: targetList, complex: targetList }),
    ...rules,
  }),
  rules: strict({
    strategy: z.literal('rules'),
    rules: z
      .array(strict({ name: word.optional(), when: conditions, models: targetList }), saying('write a list of rules'))
      .min(1, 'write at least one rule'),
    otherwise: targetList.optional(),
    ...rules,
  }),
  experiment: strict({
    strategy: z.literal('experiment'),
    variants: z
      .record(
        word,
        strict({ weight: weight.optional(), models: targetList }),
        saying('write variants by name, such as { control: { models: ["openai/gpt-5-mini"] }, … }'),
      )
      .refine((variants) => Object.keys(variants).length > 1, 'name at least two variants'),
    stickyBy,
    ...rules,
  }),
  shadow: strict({
    strategy: z.literal('shadow'),
    models: targetList,
    shadows: modelList,
    share: share(),
    budget: strict({ usd: dollars, per: oneOf(['hour', 'day']) }),
    ...rules,
  }),
}

const names = Object.keys(byStrategy)
  .map((name) => `"${name}"`)
  .join(', ')

const namedSchema = z.discriminatedUnion(
  'strategy',
  [
    byStrategy.priority,
    byStrategy.cheapest,
    byStrategy.leastBusy,
    byStrategy.fastest,
    byStrategy.weighted,
    byStrategy.complexity,
    byStrategy.rules,
    byStrategy.experiment,
    byStrategy.shadow,
  ],
  saying(`write { strategy: … }, which is one of ${names}, or a function of your own`),
) satisfies z.ZodType<RouteConfig>

/** What the function returns is checked each time that it is called. */
const ownSchema = strict({
  strategy: z.custom<CustomStrategy>((value) => typeof value === 'function'),
  models: targetList,
  ...rules,
}) satisfies z.ZodType<RouteConfig>

/** The schema for a route of this kind, so that what is wrong is said of this kind alone. */
export function routeSchemaFor(value: unknown): z.ZodType<RouteConfig> {
  const isOwn =
    typeof value === 'object' && value !== null && 'strategy' in value && typeof value.strategy === 'function'
  return isOwn ? ownSchema : namedSchema
}
