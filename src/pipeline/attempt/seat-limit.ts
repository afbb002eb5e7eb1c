import type { RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import { limited } from './driver-request.ts'
import type { OwnLimit } from './own-limit.ts'
import type { Seat } from './seat.ts'

type Parts = Pick<EngineParts, 'catalog' | 'drivers' | 'upstreams'>
type Placed = Pick<Seat, 'ref' | 'continuation'>

/**
 * The limit on output that a model is sent so that it stays within what is paid for. None where the caller's limit or the
 * model's own is as strict: providers refuse one that is larger than theirs.
 * @returns 'tooSmall' where the model needs more room than that, such as one that shall think before it answers
 */
export function seatLimit(
  parts: Parts,
  call: RoutedCall,
  seat: Placed,
  paidFor: OwnLimit | null,
): OwnLimit | null | 'tooSmall' {
  if (paidFor === null || !isNeeded(parts, call, seat, paidFor)) return null
  return canKeep(parts, call, seat, paidFor) ? paidFor : 'tooSmall'
}

function isNeeded(
  { catalog, upstreams }: Parts,
  { request }: RoutedCall,
  { ref, continuation }: Placed,
  { tokens }: OwnLimit,
): boolean {
  const { sampling } = (continuation ?? request).conversation
  const others = [sampling.maxOutputTokens, catalog.model(ref).maxOutputTokens]
  return others.every((limit) => limit === null || limit > tokens) && upstreams.outputLimits(ref).takes(tokens)
}

function canKeep({ drivers }: Parts, { request }: RoutedCall, { ref, continuation }: Placed, limit: OwnLimit): boolean {
  const conversation = limited((continuation ?? request).conversation, limit)
  return drivers.get(ref.provider)?.unsupported({ model: ref.model, conversation }).length === 0
}
