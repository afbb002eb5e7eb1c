import type { Payload } from '../../core/payload.ts'
import { type Column, timestamp } from '../../database/row-arrays.ts'
import { compress, ENCODING } from './compression.ts'

/** A payload as it is written. */
export interface PayloadRow extends Omit<Payload, 'request' | 'response'> {
  /** In PostgreSQL's hexadecimal form, compressed. */
  readonly request: string
  readonly response: string | null
  readonly requestBytes: number
  readonly responseBytes: number
}

/** JSON keeps what models write and PostgreSQL's text would not: character zero and halves of surrogate pairs. */
export async function payloadRow(payload: Payload): Promise<PayloadRow> {
  const request = JSON.stringify(payload.request)
  const response = payload.response === null ? null : JSON.stringify(payload.response)
  return {
    ...payload,
    request: await hexOf(request),
    response: response === null ? null : await hexOf(response),
    requestBytes: Buffer.byteLength(request),
    responseBytes: response === null ? 0 : Buffer.byteLength(response),
  }
}

async function hexOf(text: string): Promise<string> {
  return `\\x${(await compress(text)).toString('hex')}`
}

/** About how much memory it takes while it waits, in bytes. */
export function sizeOfRow({ request, response }: PayloadRow): number {
  return request.length + (response?.length ?? 0)
}

export const PAYLOAD_COLUMNS: readonly Column<PayloadRow>[] = [
  { name: 'call_id', type: 'uuid', of: (row) => row.callId },
  { name: 'created_at', type: 'timestamptz', of: (row) => timestamp(row.createdAt) },
  { name: 'project_id', type: 'uuid', of: (row) => row.projectId },
  { name: 'end_user', type: 'text', of: (row) => row.endUser },
  { name: 'store', type: 'text', of: (row) => row.store },
  { name: 'encoding', type: 'text', of: () => ENCODING },
  { name: 'request', type: 'bytea', of: (row) => row.request },
  { name: 'response', type: 'bytea', of: (row) => row.response },
  { name: 'request_bytes', type: 'int4', of: (row) => row.requestBytes },
  { name: 'response_bytes', type: 'int4', of: (row) => row.responseBytes },
]
