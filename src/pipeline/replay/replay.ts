import type { Caller } from '../../core/caller.ts'
import { costOf } from '../../core/catalog.ts'
import { type Clock, sleep } from '../../core/clock.ts'
import { totalOf } from '../../core/cost.ts'
import type { ReplayableCall, ReplayQuery, ReplayReport } from '../../core/replay.ts'
import { type ModelRef, modelId } from '../../core/routing.ts'
import type { GatewayParts } from '../gateway-parts.ts'
import { assumptionsOf } from './assumptions.ts'
import { type ReplayPlanParts, replayPlan } from './replay-plan.ts'
import { type Replayed, replayTally } from './replay-tally.ts'
import { undecidable } from './undecidable.ts'

export interface ReplayParts extends ReplayPlanParts, Pick<GatewayParts, 'reader'> {
  readonly clock: Clock
}

/** Between two of these many calls others have their turn: planning thousands takes a second. */
const AT_ONCE = 100

/** What ended calls would have cost and where they would have gone under another policy, by what the ledger holds. */
export async function replay(parts: ReplayParts, caller: Caller, query: ReplayQuery): Promise<ReplayReport> {
  const { total, calls } = await parts.reader.replayable(caller.projectId, query)
  const tally = replayTally()
  const plan = replayPlan(parts, caller, query)
  for (const [index, call] of calls.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await sleep(parts.clock, 0, NEVER)
    const why = undecidable(query, call)
    if (why !== null) tally.notReplayed(why)
    else tally.add(call, replayed(parts, call, plan(call)))
  }
  return { calls: total, sampled: calls.length, ...tally.read(), assumptions: assumptionsOf(query) }
}

const NEVER = new AbortController().signal

function replayed({ catalog }: Pick<ReplayParts, 'catalog'>, call: ReplayableCall, to: ModelRef | null): Replayed {
  if (to === null) return { type: 'refused' }
  // Where it goes to the same model, what that was really charged is the better word.
  if (modelId(to) === modelId(call)) return { type: 'answered', by: to, cost: call.cost && call.cost - call.wasted }
  const price = catalog.price(to, call.usage, call.createdAt)
  return { type: 'answered', by: to, cost: price === null ? null : totalOf(costOf(call.usage, price)) }
}
