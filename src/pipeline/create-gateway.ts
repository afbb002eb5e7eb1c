import { newCallId, timeOfCallId } from '../core/call-id.ts'
import type { Caller } from '../core/caller.ts'
import type { CompletionInput } from '../core/completion-input.ts'
import type { CompletionEvent, NumberedEvent } from '../core/events.ts'
import { Unavailable } from '../core/unavailable.ts'
import { healthFeed } from '../resilience/health-feed.ts'
import { afterwards } from './afterwards.ts'
import { boundTo } from './bound-input.ts'
import { invalidRequest } from './call-errors.ts'
import { engine } from './engine.ts'
import { explain } from './explain.ts'
import type { CallResult, EmbedCallResult, Gateway, Incoming } from './gateway.ts'
import type { GatewayParts } from './gateway-parts.ts'
import { scopedKey } from './idempotency-scope.ts'
import { keepLeases } from './lease.ts'
import { lateIterator } from './live/late-iterator.ts'
import type { CallSeed } from './live/live-call.ts'
import { type LiveCalls, liveCalls } from './live/live-calls.ts'
import { isFor, onlookerOf } from './live/onlooker.ts'
import type { PastCall } from './live/past-call.ts'
import { failedSource, lastOf, readSource, type Source } from './live/source.ts'
import { mayCall, noRight } from './permission.ts'
import { plannable } from './plannable.ts'
import { keepProbing } from './probes.ts'
import { replay } from './replay/replay.ts'
import { checkEmbedInput } from './validate/check-embed-input.ts'
import { type CheckedInput, checkInput } from './validate/check-input.ts'
import { inputHash } from './validate/input-hash.ts'

/** A gateway that can be shut down. */
export interface RunningGateway extends Gateway {
  /** Lets no new call in, waits for those under way, cancels what is left after `graceMs`. What they leave in the ledger is its owner's to write. */
  drain(graceMs: number): Promise<void>
  isDraining(): boolean
}

export function createGateway(parts: GatewayParts): RunningGateway {
  const { clock, ledger, upstreams } = parts
  let draining = false
  const way = { ...parts, ...afterwards(parts, (seed) => (draining ? null : live.start(seed))) }
  const live: LiveCalls = liveCalls(engine(way), clock)
  const stopLeases = keepLeases(parts, live)
  const feed = healthFeed(upstreams, clock)
  const stopProbing = keepProbing(parts)

  function seedOf(caller: Caller | null, checked: CheckedInput, delivery: CallSeed['delivery']): CallSeed {
    const id = newCallId(clock)
    return {
      id,
      // Not a second look at the clock, which may have ticked on: the ledger finds a call by the time in its id.
      receivedAt: timeOfCallId(id) ?? clock.now(),
      startedAt: clock.monotonic(),
      caller,
      checked,
      delivery,
    }
  }

  function refuseWhileDraining(): void {
    if (draining) throw new Unavailable('This replica is shutting down; try again.')
  }

  async function begin({ input, caller }: Incoming, delivery: CallSeed['delivery']): Promise<Source> {
    refuseWhileDraining()
    const seed = seedOf(caller, boundTo(caller, checkInput(input)), delivery)
    const key = caller && keyToClaim(seed, caller)
    if (caller === null || key === null) return { type: 'live', call: live.start(seed) }
    return once(seed, caller, key, inputHash(input))
  }

  /** A request that is invalid or not allowed claims no key: it leaves no row, so nobody could tell later that its claim is void. */
  function keyToClaim({ checked }: CallSeed, caller: Caller): string | null {
    if (!checked.ok || checked.request.idempotencyKey === null || !mayCall(caller)) return null
    const result = plannable(parts, checked.request, caller)
    const type = result.type === 'refused' ? result.error.type : null
    if (type === 'InvalidRequestError' || type === 'NotAuthorizedError') return null
    return scopedKey(caller, checked.request.idempotencyKey)
  }

  /** Starts the call, or joins the one that holds its idempotency key. */
  async function once(seed: CallSeed, caller: Caller, key: string, hash: string): Promise<Source> {
    const claim = await ledger.claim({ projectId: caller.projectId, key, inputHash: hash, callId: seed.id })
    switch (claim.type) {
      case 'claimed':
        return { type: 'live', call: live.start(seed) }
      case 'held':
        return sourceOf({ ...onlookerOf(caller), id: claim.callId, exists: true })
      case 'conflict': {
        const message = `This key was used with other input, by call ${claim.callId}: use a new key for a new request.`
        return failedSource(seed.id, invalidRequest([{ path: ['idempotencyKey'], message }]))
      }
    }
  }

  function sourceOf(past: PastCall): Source {
    const call = live.get(past.id)
    if (call?.projectId !== past.projectId || !isFor(past, call)) return { type: 'past', call: past }
    return { type: 'live', call }
  }

  return {
    async complete(incoming, signal) {
      return resultOf(await lastOf(parts, await begin(incoming, 'unary'), signal))
    },
    async embed({ input, caller }, signal) {
      refuseWhileDraining()
      const call = live.start(seedOf(caller, boundTo(caller, checkEmbedInput(input)), 'unary'))
      return embedResultOf(await lastOf(parts, { type: 'live', call }, signal))
    },
    stream: (incoming) => lateIterator(begin(incoming, 'stream').then((source) => readSource(parts, source, 0))),
    join(caller, callId, after) {
      const past = { id: callId, exists: false }
      const source = mayCall(caller)
        ? sourceOf({ ...onlookerOf(caller), ...past })
        : failedSource(callId, noRight(caller))
      return readSource(parts, source, after)
    },
    async cancel(caller, callId) {
      const call = live.get(callId)
      if (call?.projectId !== caller.projectId || !isFor(onlookerOf(caller), call)) return
      call.cancel()
      await call.last
    },
    explain: (caller: Caller, input: CompletionInput) => Promise.resolve(explain(way, caller, input)),
    health: () => upstreams.health(),
    circuits: (provider) => upstreams.circuits(provider),
    followHealth: () => feed.follow(),
    replay: (caller, query) => replay(parts, caller, query),
    isDraining: () => draining,
    async drain(graceMs) {
      draining = true
      feed.close()
      stopProbing()
      const ends = live.running().map((call) => call.last.catch(() => undefined))
      const cancelRest = clock.after(graceMs, () => {
        for (const call of live.running()) call.cancel()
      })
      await Promise.all(ends)
      cancelRest()
      stopLeases()
    },
  }
}

function resultOf({ callId, event }: NumberedEvent): CallResult {
  if (event.type === 'finished') return { type: 'completed', completion: event.completion }
  if (event.type === 'failed') return { type: 'failed', callId, error: event.error }
  throw endedWith(callId, event)
}

function embedResultOf({ callId, event }: NumberedEvent): EmbedCallResult {
  if (event.type === 'embedded') return { type: 'embedded', embedding: event.embedding }
  if (event.type === 'failed') return { type: 'failed', callId, error: event.error }
  throw endedWith(callId, event)
}

function endedWith(callId: string, event: CompletionEvent): Error {
  return new Error(`Call ${callId} ended with the event ${event.type}`)
}
