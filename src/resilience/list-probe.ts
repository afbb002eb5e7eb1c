import type { ProviderError } from '../core/provider-error.ts'
import type { ProviderKey } from '../core/settings.ts'
import { ruleFor } from './failure-table.ts'
import type { KeyPool, PooledKey } from './key-pool.ts'
import type { KnownCircuit, KnownCircuits } from './known-circuits.ts'

/** What a request for a provider's list of models found. */
export type ListOutcome =
  | { readonly type: 'answered' }
  | { readonly type: 'failed'; readonly error: ProviderError }
  /** It was given up. */
  | { readonly type: 'left' }

/** The right to ask a provider for its list of models; its end is reported exactly once. */
export interface ListProbe {
  readonly key: ProviderKey | null
  report(outcome: ListOutcome): void
}

/**
 * The right to find out whether a key that was turned down, or models whose circuits are open with a key, may be asked
 * again; null where none of it is due. While it is held, no caller's request probes the same.
 */
export function takeListProbe(pool: KeyPool, circuits: KnownCircuits): ListProbe | null {
  for (const pooled of pool.keys) {
    if (pooled.isOut() && !pooled.isListDue()) continue
    const due = circuits.ofKey(pooled.key?.name ?? null).filter(isDue)
    if (due.length > 0 || pooled.isListDue()) return probe(pooled, due)
  }
  return null
}

function isDue({ circuit }: KnownCircuit): boolean {
  return circuit.state() === 'HALF_OPEN' && circuit.blockedForMs() === 0
}

function probe(pooled: PooledKey, due: readonly KnownCircuit[]): ListProbe {
  const passage = pooled.take()
  const entered = due.map(({ circuit }) => circuit.enter())

  function leave(): void {
    pooled.released(passage)
    for (const each of entered) each.left()
  }

  function answered(): void {
    if (passage === 'probe') pooled.recovered()
    for (const each of entered) each.recovered()
  }

  function failed(error: ProviderError): void {
    const rule = ruleFor(error)
    pooled.released(passage)
    if (rule.key === 'out') pooled.putOut(error.kind)
    for (const each of entered) {
      if (rule.countsForCircuit) each.failed()
      else each.left()
    }
  }

  return {
    key: pooled.key,
    report(outcome) {
      if (outcome.type === 'answered') answered()
      else if (outcome.type === 'failed') failed(outcome.error)
      else leave()
    },
  }
}
