import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { malformed } from '../stream-error.ts'

/**
 * The object that is the body of a successful response.
 * @throws ProviderError MALFORMED where it is no JSON object
 */
export async function jsonBody(response: Response): Promise<JsonObject> {
  const value = parsed(await response.text())
  if (isJsonObject(value)) return value
  throw malformed('The provider sent JSON that is no object.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw malformed('The provider answered with something that is not JSON.', cause)
  }
}
