import type { Candidate } from '../core/candidate.ts'
import { isRouteName } from '../core/route-policy.ts'
import { modelId } from '../core/routing.ts'
import { type Member, memberOf, type Nest } from './members.ts'
import type { Choice, Comparison, Ranked, Ranking, Strategy } from './strategy.ts'

/** A member in its place. */
interface Stand {
  readonly member: Member
  readonly reason: string
}

/** The strategy that compares a route's targets; a target that is a route goes as a whole where its first one goes. */
export function comparing(targets: readonly string[], compare: Comparison, nest: Nest): Strategy {
  return (candidates, signals) => {
    const members = targets.map((target) => memberOf(target, candidates, signals, nest))
    const leaders = members.flatMap(({ target, ranking }, place) => {
      const leader = ranking.ordered[0]?.candidate
      return leader === undefined ? [] : [{ ...leader, target, place }]
    })
    const { ordered, signals: seen } = compare(leaders, signals)
    const stands = ordered.flatMap(({ candidate, reason }): Stand[] => {
      const member = members[candidate.place]
      return member === undefined ? [] : [{ member, reason }]
    })
    const rest = members.filter(({ ranking }) => ranking.ordered.length === 0)
    return laidOut(candidates, stands, rest, { signals: seen, variants: [], otherwise: 'the route does not list it' })
  }
}

/** The strategy that takes some of a route's targets, in their order, and rules the others out. */
export function choosing(choose: Choice, nest: Nest): Strategy {
  return (candidates, signals) => {
    const membersOf = (targets: readonly string[]) =>
      targets.map((target) => memberOf(target, candidates, signals, nest))
    const chosen = choose(signals, (targets) => membersOf(targets).some(({ ranking }) => ranking.ordered.length > 0))
    const stands = chosen.lists.flatMap(({ targets, reason }) =>
      membersOf(targets).map((member): Stand => ({ member, reason })),
    )
    return laidOut(candidates, stands, [], chosen)
  }
}

interface Decided extends Pick<Ranking, 'signals' | 'variants'> {
  /** Why candidates that stand nowhere are out. */
  readonly otherwise: string
}

/** @param rest members that nobody can answer for, but that say why */
function laidOut(
  candidates: readonly Candidate[],
  stands: readonly Stand[],
  rest: readonly Member[],
  decided: Decided,
): Ranking {
  const ordered = new Map<string, Ranked>()
  for (const ranked of stands.flatMap(standing)) keepFirst(ordered, ranked)
  const ruledOut = new Map<string, Ranked>()
  const members = [...stands.map(({ member }) => member), ...rest]
  for (const ranked of members.flatMap(({ ranking }) => ranking.out)) keepFirst(ruledOut, ranked)
  for (const candidate of candidates) keepFirst(ruledOut, { candidate, reason: decided.otherwise })
  const leader = stands.find(({ member }) => member.ranking.ordered.length > 0)?.member.ranking
  return {
    ordered: [...ordered.values()],
    out: [...ruledOut]
      .filter(([id]) => !ordered.has(id))
      .map(([, ranked]) => ranked)
      .sort(byPlace),
    signals: [...decided.signals, ...distinct(members.flatMap(({ ranking }) => ranking.signals))],
    variants: [...decided.variants, ...(leader?.variants ?? [])],
    shadows: leader?.shadows ?? [],
  }
}

function standing({ member: { target, ranking }, reason }: Stand): readonly Ranked[] {
  if (!isRouteName(target)) return ranking.ordered.map(({ candidate }) => ({ candidate, reason }))
  return ranking.ordered.map((inner, index) => ({
    candidate: inner.candidate,
    // What was compared was the nested route's first: the reason is that one's alone.
    reason: index === 0 ? `${reason} → ${inner.reason}` : `behind the first of ${inner.reason}`,
  }))
}

function keepFirst(kept: Map<string, Ranked>, ranked: Ranked): void {
  const id = modelId(ranked.candidate)
  if (!kept.has(id)) kept.set(id, ranked)
}

function byPlace(a: Ranked, b: Ranked): number {
  return a.candidate.place - b.candidate.place
}

function distinct(signals: Ranking['signals']): Ranking['signals'] {
  return [...new Map(signals.map((signal) => [signal.name, signal])).values()]
}
