import { formatUsd } from '../core/money.ts'
import type { Reservation, UsageAmounts } from '../core/quota.ts'
import type { RouteSignal } from '../core/routing.ts'
import type { AdmittedCall } from './call-kinds.ts'

/** What a call may spend of each unit by what is reserved for it; null where nothing holds it. */
export function allowanceOf(reservations: readonly Reservation[]): UsageAmounts {
  return { USD: smallest(reservations, 'USD'), TOKENS: smallest(reservations, 'TOKENS') }
}

function smallest(reservations: readonly Reservation[], unit: keyof UsageAmounts): bigint | null {
  const amounts = reservations.filter((one) => one.unit === unit).map(({ amount }) => amount)
  return amounts.reduce<bigint | null>((least, each) => (least === null || each < least ? each : least), null)
}

/** What the plan says of a call that had to do with what was left of a quota. */
export function quotaSignals({ reservations, bound }: Pick<AdmittedCall, 'reservations' | 'bound'>): RouteSignal[] {
  const { USD, TOKENS } = allowanceOf(reservations)
  const held: string[] = []
  if (USD !== null && bound.USD !== null && USD < bound.USD) held.push(`${formatUsd(USD)} US dollars`)
  if (TOKENS !== null && bound.TOKENS !== null && TOKENS < bound.TOKENS) held.push(`${TOKENS} tokens`)
  return held.map((left) => ({ name: 'quota', value: `held to ${left}, which are left` }))
}
