import type { ModelInfo } from '../core/catalog.ts'
import { kindOfModel, type ModelKind } from '../core/model-kind.ts'
import { formatUsd } from '../core/money.ts'
import { modelId } from '../core/routing.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'

const MILLION = 1_000_000n

const ModelKindRef = describedEnum<ModelKind>('ModelKind', 'What a model makes of text.', {
  TEXT: 'An answer, for `complete`.',
  EMBEDDING: 'A vector, for `embed`.',
})

export const ModelRef = builder.objectRef<ModelInfo>('Model').implement({
  description: 'A model at one provider, with its price and what it can do.',
  fields: (t) => ({
    id: t.id({ description: 'As provider/model.', resolve: modelId }),
    provider: t.exposeString('provider', { description: 'The provider, by its configured name.' }),
    kind: t.field({
      type: ModelKindRef,
      description: 'What it makes of text, told by its name.',
      resolve: ({ model }) => kindOfModel(model),
    }),
    contextWindow: t.expose('contextWindow', {
      type: 'SafeInt',
      nullable: true,
      description: 'The most tokens that input and output may have together; null where nobody says.',
    }),
    maxOutputTokens: t.expose('maxOutputTokens', {
      type: 'SafeInt',
      nullable: true,
      description: 'The most tokens that an answer may have; null where nobody says.',
    }),
    inputUsdPerMillion: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The price of a million input tokens of a small request now; null where unpriced.',
      resolve: ({ price }) => (price ? formatUsd(price.input * MILLION) : null),
    }),
    outputUsdPerMillion: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The price of a million output tokens of a small request now; null where unpriced.',
      resolve: ({ price }) => (price ? formatUsd(price.output * MILLION) : null),
    }),
  }),
})
