import { type CallCost, type CostParts, totalOf } from '../core/cost.ts'
import { formatUsd } from '../core/money.ts'
import { builder } from './builder.ts'

export const CallCostRef = builder.objectRef<CallCost>('CallCost').implement({
  description:
    'What a call cost, in US dollars. The parts are sums over all attempts and add up to the total. A cache hit costs nothing and saves what the answer first cost.',
  fields: (t) => ({
    totalUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Null where the model has no known price: never a silent zero.',
      resolve: (cost) => (cost.priced ? formatUsd(totalOf(cost.parts)) : null),
    }),
    inputUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: "Input that was neither read from nor written to the provider's cache. Null where unpriced.",
      resolve: (cost) => partUsd(cost, 'input'),
    }),
    cachedInputUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: "Input read from the provider's cache. Null where unpriced.",
      resolve: (cost) => partUsd(cost, 'cachedInput'),
    }),
    cacheWriteUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: "Input written to the provider's cache. Null where unpriced.",
      resolve: (cost) => partUsd(cost, 'cacheWrite'),
    }),
    outputUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Output, reasoning included. Null where unpriced.',
      resolve: (cost) => partUsd(cost, 'output'),
    }),
    wastedUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'How much of the total went to attempts that did not answer: failed, voided, hedged. Not one that broke off where another went on from its text. Null where unpriced.',
      resolve: (cost) => (cost.priced ? formatUsd(cost.wasted) : null),
    }),
    savedUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What the cache saved. Null where unpriced.',
      resolve: (cost) => (cost.priced ? formatUsd(cost.saved) : null),
    }),
    priced: t.exposeBoolean('priced', { description: 'False where at least one attempt has no known price.' }),
  }),
})

function partUsd(cost: CallCost, part: keyof CostParts): string | null {
  return cost.priced ? formatUsd(cost.parts[part]) : null
}
