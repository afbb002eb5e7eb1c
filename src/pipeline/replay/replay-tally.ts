import type { ReplayableCall, ReplayedModel, ReplayReport } from '../../core/replay.ts'
import { type ModelRef, modelId } from '../../core/routing.ts'

/** What would have become of a call. */
export type Replayed =
  | { readonly type: 'refused' }
  /** `cost` in picodollars; null where the model is unpriced. */
  | { readonly type: 'answered'; readonly by: ModelRef; readonly cost: bigint | null }

/** Adds up what replayed calls come to. */
export interface ReplayTally {
  add(call: ReplayableCall, replayed: Replayed): void
  notReplayed(reason: string): void
  read(): Omit<ReplayReport, 'calls' | 'sampled' | 'assumptions'>
}

type Counts = { -readonly [Key in keyof ReplayedModel]: ReplayedModel[Key] }

export function replayTally(): ReplayTally {
  const sums = { replayed: 0, moved: 0, refused: 0, unpriced: 0, costBefore: 0n, wastedBefore: 0n, costAfter: 0n }
  const models = new Map<string, Counts>()
  const reasons = new Map<string, number>()

  function countsOf({ provider, model }: ModelRef): Counts {
    const id = modelId({ provider, model })
    const known = models.get(id) ?? { provider, model, callsBefore: 0, callsAfter: 0, costBefore: 0n, costAfter: 0n }
    models.set(id, known)
    return known
  }

  return {
    add(call, replayed) {
      const before = countsOf(call)
      sums.replayed += 1
      before.callsBefore += 1
      if (replayed.type === 'refused') {
        sums.refused += 1
        return
      }
      const after = countsOf(replayed.by)
      after.callsAfter += 1
      if (after !== before) sums.moved += 1
      if (call.cost === null || replayed.cost === null) {
        sums.unpriced += 1
        return
      }
      before.costBefore += call.cost
      after.costAfter += replayed.cost
      sums.costBefore += call.cost
      sums.wastedBefore += call.wasted
      sums.costAfter += replayed.cost
    },
    notReplayed: (reason) => void reasons.set(reason, (reasons.get(reason) ?? 0) + 1),
    read: () => ({
      ...sums,
      models: [...models.values()].sort(byCostAfter),
      notReplayed: [...reasons].map(([reason, calls]) => ({ reason, calls })),
    }),
  }
}

function byCostAfter(a: ReplayedModel, b: ReplayedModel): number {
  if (a.costAfter !== b.costAfter) return a.costAfter > b.costAfter ? -1 : 1
  return b.callsAfter - a.callsAfter || (modelId(a) < modelId(b) ? -1 : 1)
}
