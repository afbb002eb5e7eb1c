import { totalOf } from '../../core/cost.ts'
import type { RepricedModel } from './reprice-query.ts'
import type { Repricing } from './repriced-attempts.ts'

/** Adds up, by model, what repricing does. */
export interface RepriceTally {
  add(repricings: readonly Repricing[]): void
  /** By name. */
  models(): RepricedModel[]
}

export function repriceTally(): RepriceTally {
  const sums = new Map<string, RepricedModel>()
  return {
    add(repricings) {
      for (const [model, its] of Map.groupBy(repricings, (each) => each.model)) {
        sums.set(model, withMore(sums.get(model) ?? emptyModel(model), its))
      }
    },
    models: () => [...sums.values()].sort((a, b) => (a.model < b.model ? -1 : 1)),
  }
}

/** A call is never in two batches, so its attempts are all here. */
function withMore(sum: RepricedModel, repricings: readonly Repricing[]): RepricedModel {
  const changed = repricings.flatMap(({ call, before, anew }) =>
    anew ? [{ call, before, after: totalOf(anew.parts) }] : [],
  )
  return {
    model: sum.model,
    calls: sum.calls + new Set(changed.map(({ call }) => call.id)).size,
    attempts: sum.attempts + changed.length,
    before: changed.reduce((total, each) => total + each.before, sum.before),
    after: changed.reduce((total, each) => total + each.after, sum.after),
    unknown: sum.unknown + repricings.length - changed.length,
  }
}

function emptyModel(model: string): RepricedModel {
  return { model, calls: 0, attempts: 0, before: 0n, after: 0n, unknown: 0 }
}
