import { QUOTA_UNITS, type QuotaUnit, type Reservation } from '../core/quota.ts'

/** A reservation as a call's row has it: JSON has no integers of this size, so the amount is text. */
interface StoredReservation {
  readonly quotaId: string
  readonly windowStart: number
  readonly unit: string
  readonly amount: string
}

/** Null for none, so that most rows have nothing there. */
export function storedReservations(reservations: readonly Reservation[]): string | null {
  if (reservations.length === 0) return null
  const stored: StoredReservation[] = reservations.map((one) => ({ ...one, amount: one.amount.toString() }))
  return JSON.stringify(stored)
}

/** Reads what `storedReservations` wrote. */
export function readReservations(text: string | null): Reservation[] {
  if (text === null) return []
  const stored: StoredReservation[] = JSON.parse(text)
  return stored.map((one) => ({ ...one, unit: unitOf(one.unit), amount: BigInt(one.amount) }))
}

function unitOf(text: string): QuotaUnit {
  const unit = QUOTA_UNITS.find((known) => known === text)
  if (!unit) throw new Error(`A reservation in "${text}" is not known`)
  return unit
}
