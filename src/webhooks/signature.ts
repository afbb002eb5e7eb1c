import { createHmac } from 'node:crypto'

/** One message to a webhook. */
export interface SignedMessage {
  /** The same with each try. */
  readonly id: string
  /** When it is sent, in seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/** The headers of a message, signed as the Standard Webhooks specification has it (symmetric, version 1). */
export function signedHeaders(secret: Uint8Array, { id, timestamp, body }: SignedMessage): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'content-type': 'application/json',
    'user-agent': 'Switchyard',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  }
}
