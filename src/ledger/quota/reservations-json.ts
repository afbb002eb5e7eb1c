import { QUOTA_UNITS, type QuotaUnit, type Reservation } from '../../core/quota.ts'
import type { WindowKey } from './quota-windows.ts'

/** A reservation as a call's row has it: JSON has no integers of this size, so the amount is text. */
interface StoredReservation {
  readonly quotaId: string
  readonly windowStart: number
  /** Left out where it is empty. */
  readonly subject?: string
  readonly unit: string
  readonly amount: string
}

/** Null for none, so that most rows have nothing there. */
export function storedReservations(reservations: readonly Reservation[]): string | null {
  if (reservations.length === 0) return null
  const stored: StoredReservation[] = reservations.map(({ subject, ...one }) => ({
    ...one,
    ...(subject && { subject }),
    amount: one.amount.toString(),
  }))
  return JSON.stringify(stored)
}

/** Reads what `storedReservations` wrote. */
export function readReservations(text: string | null): Reservation[] {
  if (text === null) return []
  const stored: StoredReservation[] = JSON.parse(text)
  return stored.map((one) => ({
    ...one,
    subject: one.subject ?? '',
    unit: unitOf(one.unit),
    amount: BigInt(one.amount),
  }))
}

function unitOf(text: string): QuotaUnit {
  const unit = QUOTA_UNITS.find((known) => known === text)
  if (!unit) throw new Error(`A reservation in "${text}" is not known`)
  return unit
}

/** What a call used of one window of a quota. */
export interface Charge extends WindowKey {
  readonly unit: QuotaUnit
  readonly used: bigint
}

type StoredCharge = Omit<StoredReservation, 'amount'> & { readonly used: string }

/** What a call used, as its row has it; null for none. Calls at once are only ever reserved. */
export function storedCharges(charges: readonly Charge[]): string | null {
  const counted = charges.filter(({ unit }) => unit !== 'CONCURRENT_CALLS')
  if (counted.length === 0) return null
  const stored: StoredCharge[] = counted.map(({ subject, ...one }) => ({
    ...one,
    ...(subject && { subject }),
    used: one.used.toString(),
  }))
  return JSON.stringify(stored)
}

/** Reads what `storedCharges` wrote. */
export function readCharges(text: string | null): Charge[] {
  if (text === null) return []
  const stored: StoredCharge[] = JSON.parse(text)
  return stored.map((one) => ({ ...one, subject: one.subject ?? '', unit: unitOf(one.unit), used: BigInt(one.used) }))
}
