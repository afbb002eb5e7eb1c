import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices'

/** Names of models that make or take something else than text, or that can't be asked by that name. */
const OTHER_KINDS =
  /embed|rerank|moderation|whisper|transcribe|tts|speech|realtime|voice|dall-e|image|imagen|lyria|veo|sora|ocr|^ft:/i

/** Whether a model of the price list answers in text, is still offered, and can be asked by its listed name. */
export function isTextModel(model: ModelInfo, prices: ModelPrice): boolean {
  if (model.deprecated || OTHER_KINDS.test(model.id)) return false
  const kinds = Object.keys(prices)
  return kinds.length === 0 || (kinds.includes('input_mtok') && kinds.includes('output_mtok'))
}
