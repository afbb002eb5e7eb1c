import type { Clock } from '../core/clock.ts'
import type { ProviderErrorKind } from '../core/provider-error.ts'
import type { ProviderKey } from '../core/settings.ts'

const PROBE_AFTER_MS = 30_000
const COOL_MS = 1_000
const LONGEST_COOL_MS = 60_000

/** A timer may fire this much before its time: whoever waited for exactly as long as asked is let through. */
const TIMER_SLACK_MS = 1

/** One place in a pool: a key, or null for a provider that needs none. */
export interface PooledKey {
  readonly key: ProviderKey | null
  /** How long until it may be used for this model, in milliseconds; 0 where it may be used now. */
  blockedForMs(model: string): number
  /** Whether the provider turned it down, so that only a probe may use it. */
  isOut(): boolean
  /** Whether it is out, may be probed now, and a list of models would tell: an unpaid key may still read lists. */
  isListDue(): boolean
  /** Takes it for one request; a key that is out is then probed by this request alone. */
  take(): KeyPassage
  /** It worked. */
  worked(model: string): void
  /** The provider asked it to slow down for this model. */
  cool(model: string, retryAfterMs: number | null): void
  /** The provider takes it again, as a list of models told. */
  recovered(): void
  /** The provider turned it down; a real request probes it after 30 s. */
  putOut(because: ProviderErrorKind): void
  /** The request that took it ended without telling whether it works. */
  released(passage: KeyPassage): void
}

/** How a request came by its key: as the one probe of a key that is out, or as one among others. */
export type KeyPassage = 'probe' | 'request'

/** A provider's keys. */
export interface KeyPool {
  readonly keys: readonly PooledKey[]
  /** All keys, beginning behind the one that was first the last time. */
  inTurn(): readonly PooledKey[]
}

export function keyPool(keys: readonly ProviderKey[], clock: Clock): KeyPool {
  const pool = keys.length === 0 ? [pooledKey(null, clock)] : keys.map((key) => pooledKey(key, clock))
  let turn = 0
  return {
    keys: pool,
    inTurn() {
      const start = turn++ % pool.length
      return [...pool.slice(start), ...pool.slice(0, start)]
    },
  }
}

type Standing =
  | { readonly type: 'ready' }
  | { readonly type: 'out'; readonly probeAt: number; readonly because: ProviderErrorKind }
  | { readonly type: 'probing'; readonly because: ProviderErrorKind }

interface Cooling {
  readonly until: number
  readonly forMs: number
}

function pooledKey(key: ProviderKey | null, clock: Clock): PooledKey {
  let standing: Standing = { type: 'ready' }
  const cooling = new Map<string, Cooling>()

  function standingBlocksForMs(): number {
    if (standing.type === 'out') return Math.max(standing.probeAt - clock.monotonic(), 0)
    return standing.type === 'probing' ? PROBE_AFTER_MS : 0
  }

  return {
    key,
    blockedForMs(model) {
      const coolFor = (cooling.get(model)?.until ?? 0) - clock.monotonic()
      return Math.max(coolFor > TIMER_SLACK_MS ? coolFor : 0, standingBlocksForMs())
    },
    isOut: () => standing.type !== 'ready',
    isListDue: () => standing.type === 'out' && standing.because !== 'BILLING' && standingBlocksForMs() === 0,
    take() {
      if (standing.type !== 'out') return 'request'
      standing = { type: 'probing', because: standing.because }
      return 'probe'
    },
    worked(model) {
      standing = { type: 'ready' }
      cooling.delete(model)
    },
    cool(model, retryAfterMs) {
      const before = cooling.get(model)?.forMs ?? COOL_MS / 2
      const forMs = retryAfterMs ?? Math.min(before * 2, LONGEST_COOL_MS)
      cooling.set(model, { until: clock.monotonic() + forMs, forMs })
      if (standing.type === 'probing') standing = { type: 'ready' }
    },
    recovered() {
      standing = { type: 'ready' }
    },
    putOut(because) {
      standing = { type: 'out', probeAt: clock.monotonic() + PROBE_AFTER_MS, because }
    },
    released(passage) {
      if (passage !== 'probe' || standing.type !== 'probing') return
      standing = { type: 'out', probeAt: clock.monotonic(), because: standing.because }
    },
  }
}
