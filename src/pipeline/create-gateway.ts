import { newCallId, timeOfCallId } from '../core/call-id.ts'
import type { Caller } from '../core/caller.ts'
import type { CompletionInput } from '../core/completion-input.ts'
import type { NumberedEvent } from '../core/events.ts'
import type { LedgerReader } from '../core/ledger.ts'
import { Unavailable } from '../core/unavailable.ts'
import { invalidRequest, NO_KEY, notAuthorized } from './call-errors.ts'
import { type EngineParts, engine } from './engine.ts'
import { explain } from './explain.ts'
import type { CallResult, Gateway, Incoming } from './gateway.ts'
import { keepLeases } from './lease.ts'
import { lateIterator } from './live/late-iterator.ts'
import type { CallSeed } from './live/live-call.ts'
import { liveCalls } from './live/live-calls.ts'
import type { PastCall } from './live/past-call.ts'
import { failedSource, lastOf, readSource, type Source } from './live/source.ts'
import { checkInput } from './validate/check-input.ts'
import { inputHash } from './validate/input-hash.ts'

export interface GatewayParts extends EngineParts {
  readonly reader: LedgerReader
}

/** A gateway that can be shut down. */
export interface RunningGateway extends Gateway {
  /** Lets no new call in, waits for those under way, cancels what is left after `graceMs`, and settles all. */
  drain(graceMs: number): Promise<void>
  isDraining(): boolean
}

export function createGateway(parts: GatewayParts): RunningGateway {
  const { clock, ledger, upstreams } = parts
  const live = liveCalls(engine(parts), clock)
  const stopLeases = keepLeases(parts, live)
  let draining = false

  function seedOf({ input, caller }: Incoming, delivery: CallSeed['delivery']): CallSeed {
    const id = newCallId(clock)
    return {
      id,
      // Not a second look at the clock, which may have ticked on: the ledger finds a call by the time in its id.
      receivedAt: timeOfCallId(id) ?? clock.now(),
      startedAt: clock.monotonic(),
      caller,
      input,
      checked: checkInput(input),
      delivery,
    }
  }

  async function begin(incoming: Incoming, delivery: CallSeed['delivery']): Promise<Source> {
    if (draining) throw new Unavailable('This replica is shutting down; try again.')
    const seed = seedOf(incoming, delivery)
    const key = seed.checked.ok ? seed.checked.request.idempotencyKey : null
    if (key === null || !seed.caller?.scopes.includes('complete')) return { type: 'live', call: live.start(seed) }
    return once(seed, seed.caller, key)
  }

  /** Starts the call, or joins the one that holds its idempotency key. */
  async function once(seed: CallSeed, { projectId }: Caller, key: string): Promise<Source> {
    const claim = await ledger.claim({ projectId, key, inputHash: inputHash(seed.input), callId: seed.id })
    switch (claim.type) {
      case 'claimed':
        return { type: 'live', call: live.start(seed) }
      case 'held':
        return sourceOf({ projectId, id: claim.callId, exists: true })
      case 'conflict': {
        const message = `This key was used with other input, by call ${claim.callId}: use a new key for a new request.`
        return failedSource(seed.id, invalidRequest([{ path: ['idempotencyKey'], message }]))
      }
    }
  }

  function sourceOf(past: PastCall): Source {
    const call = live.get(past.id)
    return call?.projectId === past.projectId ? { type: 'live', call } : { type: 'past', call: past }
  }

  return {
    async complete(incoming, signal) {
      return resultOf(await lastOf(parts, await begin(incoming, 'unary'), signal))
    },
    stream: (incoming) => lateIterator(begin(incoming, 'stream').then((source) => readSource(parts, source, 0))),
    join(caller, callId, after) {
      const source = caller
        ? sourceOf({ projectId: caller.projectId, id: callId, exists: false })
        : failedSource(callId, notAuthorized(NO_KEY))
      return readSource(parts, source, after)
    },
    async cancel(caller, callId) {
      const call = live.get(callId)
      if (call?.projectId !== caller.projectId) return
      call.cancel()
      await call.last
    },
    explain: (_caller: Caller, input: CompletionInput) => Promise.resolve(explain(parts, input)),
    health: () => upstreams.health(),
    isDraining: () => draining,
    async drain(graceMs) {
      draining = true
      const ends = live.running().map((call) => call.last.catch(() => undefined))
      const cancelRest = clock.after(graceMs, () => {
        for (const call of live.running()) call.cancel()
      })
      await Promise.all(ends)
      cancelRest()
      stopLeases()
      await ledger.flush()
    },
  }
}

function resultOf({ callId, event }: NumberedEvent): CallResult {
  if (event.type === 'finished') return { type: 'completed', completion: event.completion }
  if (event.type === 'failed') return { type: 'failed', callId, error: event.error }
  throw new Error(`Call ${callId} ended with the event ${event.type}`)
}
