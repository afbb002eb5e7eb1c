import type { Wire } from '../wire-driver.ts'
import { responsesReader } from './reader.ts'
import { responsesRequest } from './request.ts'
import { responsesUnsupported } from './unsupported.ts'

/** OpenAI's Responses API. */
export const RESPONSES_WIRE: Wire = {
  path: '/responses',
  body: responsesRequest,
  unsupported: responsesUnsupported,
  takesPrefill: () => false,
  reader: responsesReader,
}
