import { estimateInputTokens } from '../../catalog/estimate-tokens.ts'
import type { SettledCall } from '../../core/call.ts'
import { newCallId, timeOfCallId } from '../../core/call-id.ts'
import type { Caller } from '../../core/caller.ts'
import { costOf } from '../../core/catalog.ts'
import { totalOf } from '../../core/cost.ts'
import type { LedgerReader } from '../../core/ledger.ts'
import type { CompletionRequest } from '../../core/request.ts'
import { modelId, type PlannedShadow } from '../../core/routing.ts'
import { expectation, expectedUsage } from '../../routing/expected-usage.ts'
import { attemptBound } from '../attempt-bound.ts'
import type { IncomingCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { CallSeed, LiveCall } from '../live/live-call.ts'
import { type ShadowReservation, shadowBudgets } from './shadow-budgets.ts'
import { shadowRequest } from './shadow-request.ts'

export interface ShadowParts extends Pick<EngineParts, 'routes' | 'catalog' | 'clock' | 'ledger' | 'logger'> {
  readonly reader: Pick<LedgerReader, 'usage'>
}

/** Begins a call; null where no new calls are let in. */
export type StartCall = (seed: CallSeed) => LiveCall | null

export interface Shadows {
  /** Sends the copies that a call's plan asks for; does nothing where it asks for none. Never throws, never waits. */
  settled(call: IncomingCall, settled: SettledCall): void
}

/** Copies under way at once. Beyond that they are left out: they must not crowd out what callers wait for. */
const MOST_AT_ONCE = 64

const NO_HISTORY = { ofModel: null, ofRoute: null }

/** One call that got an answer, of which a copy is sent. */
interface Original {
  readonly id: string
  readonly caller: Caller
  readonly request: CompletionRequest
}

/**
 * Sends copies of calls to the shadows of their plans, after the calls have been answered. A copy is a call of its own,
 * with its own row, which nobody reads and nobody's leaving cancels. Its answer is kept as that of a call with an
 * idempotency key: for a day, to be read by `callEvents` of its id.
 */
export function shadows(parts: ShadowParts, start: StartCall): Shadows {
  const { routes, catalog, clock, ledger, logger } = parts
  const budgets = shadowBudgets(parts.reader, clock)
  const underWay = new Map<string, ShadowReservation>()

  async function send(original: Original, shadow: PlannedShadow): Promise<void> {
    if (underWay.size >= MOST_AT_ONCE) return leftOut(original, shadow, 'too many copies are under way')
    const reservation = await reserve(original, shadow)
    if (reservation === null) return leftOut(original, shadow, 'its budget is used up')
    const seed = seedOf(original, shadow, reservation)
    underWay.set(seed.id, reservation)
    // Until it is known to have spent nothing, or its row says how much, all of it may be spent.
    let unsettled = reservation.amount
    try {
      await run(original, seed)
      unsettled = 0n
    } finally {
      if (underWay.delete(seed.id)) reservation.settle(unsettled)
    }
  }

  function reserve({ caller, request }: Original, shadow: PlannedShadow): Promise<ShadowReservation | null> {
    const policy = routes.current().routes.find(({ name }) => name === shadow.route)?.policy
    const inputTokens = estimateInputTokens(request.conversation)
    const usage = expectedUsage(inputTokens, expectation(request.conversation, inputTokens, NO_HISTORY))
    const price = catalog.price(shadow, usage, clock.now())
    const { usd: bound } = attemptBound(parts, { request, inputTokens }, shadow)
    if (policy?.strategy !== 'shadow' || price === null || bound === null) return Promise.resolve(null)
    const { projectId } = caller
    const expected = totalOf(costOf(usage, price))
    return budgets.reserve({ projectId, route: shadow.route, budget: policy.budget, expected, bound })
  }

  function seedOf(original: Original, shadow: PlannedShadow, { amount }: ShadowReservation): CallSeed {
    const id = newCallId(clock)
    return {
      id,
      receivedAt: timeOfCallId(id) ?? clock.now(),
      startedAt: clock.monotonic(),
      // Its route asks for it, not the caller by name; and no visitor's budget pays for what he never sees.
      caller: { ...original.caller, allowedModels: null, allowedRoutes: null, browserToken: null },
      checked: { ok: true, request: shadowRequest(original.request, original.id, shadow, amount) },
      delivery: 'unary',
    }
  }

  async function run({ id, caller: { projectId } }: Original, seed: CallSeed): Promise<void> {
    const key = seed.checked.ok ? seed.checked.request.idempotencyKey : null
    if (key === null) return
    const claim = await ledger.claim({ projectId, key, inputHash: id, callId: seed.id })
    if (claim.type === 'claimed') await start(seed)?.last
  }

  function leftOut({ id }: Original, shadow: PlannedShadow, because: string): void {
    logger.debug({ callId: id, shadow: modelId(shadow), because }, 'no copy was sent')
  }

  return {
    settled({ caller, checked }, { id, status, plan, cost }) {
      underWay.get(id)?.settle(totalOf(cost.parts))
      underWay.delete(id)
      if (status !== 'SUCCEEDED' || plan === null || caller === null || !checked.ok) return
      const { request } = checked
      for (const shadow of plan.shadows) {
        // Not at once: the caller's answer goes first.
        clock.after(0, () => {
          send({ id, caller, request }, shadow).catch((error: unknown) =>
            logger.warn({ err: error, callId: id, shadow: modelId(shadow) }, 'a copy could not be sent'),
          )
        })
      }
    },
  }
}
