import type { JsonValue } from '../../core/json.ts'
import type { Vector } from '../../core/vector.ts'
import { malformed } from '../stream-error.ts'

const BYTES_PER_NUMBER = 4

/**
 * A vector as providers send it: a list of numbers, or 32-bit floats, the lowest byte first, as base64.
 * @throws ProviderError MALFORMED for anything else
 */
export function readVector(value: JsonValue | undefined): Vector {
  const vector = typeof value === 'string' ? fromBase64(value) : value
  if (!Array.isArray(vector) || vector.length === 0 || !vector.every(Number.isFinite)) {
    throw malformed('The provider sent a vector that is no list of numbers.')
  }
  return vector
}

function fromBase64(text: string): number[] | null {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length % BYTES_PER_NUMBER !== 0) return null
  return Array.from({ length: bytes.length / BYTES_PER_NUMBER }, (_, at) => bytes.readFloatLE(at * BYTES_PER_NUMBER))
}
