import type { Candidate, Signals } from '../core/candidate.ts'
import { isRouteName } from '../core/route-policy.ts'
import { modelId } from '../core/routing.ts'
import type { RouteSettings } from '../core/settings.ts'
import { hashShare } from './hash-share.ts'
import { unmet } from './requirements.ts'
import type { Ranked, Ranking, Strategy } from './strategy.ts'

/** A target of a route, with those of it that can answer, in the order in which it would try them. */
export interface Member {
  readonly target: string
  readonly ranking: Ranking
}

/** The routes that a policy's targets may name, and how each ranks. */
export interface Nest {
  find(name: string): RouteSettings | null
  strategyOf(route: RouteSettings): Strategy
  /** Every model that a route reaches, as `provider/model`. */
  modelsOf(route: RouteSettings): readonly string[]
}

const NOTHING: Ranking = { ordered: [], out: [], signals: [], variants: [], shadows: [] }

export function memberOf(target: string, candidates: readonly Candidate[], signals: Signals, nest: Nest): Member {
  if (!isRouteName(target)) {
    const own = candidates.filter((candidate) => modelId(candidate) === target)
    return { target, ranking: { ...NOTHING, ordered: own.map((candidate) => ({ candidate, reason: '' })) } }
  }
  const route = nest.find(target)
  return { target, ranking: route === null ? NOTHING : nestedRanking(route, candidates, signals, nest) }
}

function nestedRanking(route: RouteSettings, candidates: readonly Candidate[], signals: Signals, nest: Nest): Ranking {
  const reached = nest.modelsOf(route)
  const able: Candidate[] = []
  const out: Ranked[] = []
  for (const candidate of candidates) {
    if (!reached.includes(modelId(candidate))) continue
    const lack = unmet(route.requires, candidate.info)
    if (lack === null) able.push(candidate)
    else out.push({ candidate, reason: `${lack}, as the route ${route.name} requires` })
  }
  const ranking = nest.strategyOf(route)(able, { ...signals, draw: drawWithin(route.name, signals.draw) })
  return {
    ordered: ranking.ordered.map((ranked) => ({ ...ranked, reason: `route ${route.name}: ${ranked.reason}` })),
    out: [...out, ...ranking.out.map((ranked) => ({ ...ranked, reason: `route ${route.name}: ${ranked.reason}` }))],
    signals: ranking.signals.map(({ name, value }) => ({ name: `${route.name}.${name}`, value })),
    variants: ranking.variants,
    shadows: ranking.shadows.map((shadow) => ({ ...shadow, requires: [...shadow.requires, route.requires] })),
  }
}

/** Chance of a nested route's own: with the outer one's, whom the outer draws would decide whom the inner draws. */
function drawWithin(name: string, draw: number): number {
  return hashShare(`${name} ${draw}`)
}
