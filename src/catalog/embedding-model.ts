import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices'
import { kindOfModel } from '../core/model-kind.ts'

/** Whether a model of the price list makes vectors of text and is still offered. */
export function isEmbeddingModel(model: ModelInfo, prices: ModelPrice): boolean {
  if (model.deprecated || kindOfModel(model.id) !== 'EMBEDDING') return false
  return 'input_mtok' in prices
}
