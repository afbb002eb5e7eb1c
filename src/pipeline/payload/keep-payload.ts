import type { SettledCall } from '../../core/call.ts'
import type { Payload, PayloadWriter } from '../../core/payload.ts'
import type { IncomingCall } from '../call-kinds.ts'
import { fullResponse, shapeOfResponse } from './answered.ts'
import { fullRequest } from './asked.ts'
import { shapeOfRequest } from './asked-shape.ts'
import { startTranscript, type Transcript } from './transcript.ts'

/** Listens to a call of which something is kept; null where its project keeps nothing. */
export function transcriptOf({ caller }: IncomingCall): Transcript | null {
  return caller === null || caller.store === 'NONE' ? null : startTranscript()
}

/** Has kept what a call that has its row asked and was answered, as far as its project says. */
export function keepPayload(
  payloads: PayloadWriter,
  { caller, checked }: IncomingCall,
  { id, projectId, createdAt, endUser }: SettledCall,
  transcript: Transcript,
): void {
  if (caller === null || caller.store === 'NONE' || !checked.ok) return
  const { store } = caller
  const { request } = checked
  const about = { callId: id, projectId, createdAt, endUser }
  payloads.keep(id, (): Payload => {
    const said = transcript.said()
    return store === 'FULL'
      ? { ...about, store, request: fullRequest(request), response: fullResponse(said) }
      : { ...about, store, request: shapeOfRequest(request), response: shapeOfResponse(said) }
  })
}
