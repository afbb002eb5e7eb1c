import type { Wire } from '../wire-driver.ts'
import type { ChatDialect } from './dialect.ts'
import { takesPrefill } from './prefill.ts'
import { chatReader } from './reader.ts'
import { chatRequest } from './request.ts'
import { chatUnsupported } from './unsupported.ts'

/** Chat Completions as a service speaks it. */
export function chatWire(dialect: ChatDialect): Wire {
  return {
    path: '/chat/completions',
    body: (request) => chatRequest(request, dialect),
    unsupported: (check) => chatUnsupported(check, dialect),
    takesPrefill: (check) => takesPrefill(check, dialect),
    reader: (context) => chatReader(dialect, context),
  }
}
