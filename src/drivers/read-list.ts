import { isJsonObject, type JsonValue } from '../core/json.ts'
import { asStreamError, malformed } from './stream-error.ts'

/**
 * Reads a provider's list of models to its end, whatever is in it.
 * @throws ProviderError where it breaks off or is no list
 */
export async function readList(response: Response, signal: AbortSignal): Promise<void> {
  try {
    const list: JsonValue = JSON.parse(await response.text())
    if (!isJsonObject(list) && !Array.isArray(list)) throw malformed('The list of models is none.')
  } catch (error) {
    throw asStreamError(error, signal)
  }
}
