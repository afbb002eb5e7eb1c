import { parseUsd } from '../core/money.ts'
import { type HedgeSettings, NO_REQUIREMENTS, type RouteDefaults, type RouteSettings } from '../core/settings.ts'
import { checkTargets, type Nameable } from './check-targets.ts'
import type { RulesConfig } from './define-config.ts'
import type { Problems } from './problem.ts'
import { readSection } from './read-section.ts'
import { listed, resolvePolicy } from './resolve-policy.ts'
import { routeSchemaFor } from './schema/route.ts'

/** What holds where the configuration says nothing. */
export const STANDARD_RULES: RouteDefaults = {
  timeouts: { firstTokenMs: null, idleMs: 30_000, totalMs: 600_000 },
  attempts: { perModel: 2, perCall: 6 },
  midStream: 'RESTART',
  hedge: null,
  upstream: 'stream',
  maxCost: null,
  onContentRejected: 'fail',
  requires: NO_REQUIREMENTS,
}

/** Rules that go before others, field by field. */
export function mergeRules(base: RouteDefaults, rules: RulesConfig): RouteDefaults {
  const { timeouts, attempts, requires } = rules
  return {
    timeouts: {
      firstTokenMs: timeouts?.firstTokenMs ?? base.timeouts.firstTokenMs,
      idleMs: timeouts?.idleMs ?? base.timeouts.idleMs,
      totalMs: timeouts?.totalMs ?? base.timeouts.totalMs,
    },
    attempts: {
      perModel: attempts?.perModel ?? base.attempts.perModel,
      perCall: attempts?.perCall ?? base.attempts.perCall,
    },
    midStream: rules.midStream ?? base.midStream,
    hedge: rules.hedge === undefined ? base.hedge : resolveHedge(rules.hedge),
    upstream: rules.upstream ?? base.upstream,
    maxCost: rules.maxCostUsd === undefined ? base.maxCost : parseUsd(rules.maxCostUsd),
    onContentRejected: rules.onContentRejected ?? base.onContentRejected,
    requires: {
      regions: requires?.region === undefined ? base.requires.regions : listed(requires.region),
      dataPolicies: requires?.dataPolicy === undefined ? base.requires.dataPolicies : listed(requires.dataPolicy),
    },
  }
}

function resolveHedge(hedge: NonNullable<RulesConfig['hedge']>): HedgeSettings | null {
  if (hedge === false) return null
  return { afterMs: hedge === true ? null : (hedge.afterMs ?? null) }
}

/** What a route may be called. */
export const ROUTE_NAME = /^[^\s/]{1,64}$/

/** The routes that are declared. Whether they lead in circles is left to `checkNesting`, which sees all there are. */
export function resolveRoutes(
  declared: Readonly<Record<string, unknown>>,
  defaults: RouteDefaults,
  known: Nameable,
  problems: Problems,
): readonly RouteSettings[] {
  return Object.entries(declared).flatMap(([name, value]) => {
    const path = `routes.${name}`
    if (!ROUTE_NAME.test(name)) problems.add(path, 'name a route without slashes and spaces: a slash makes it a model')
    const config = readSection(routeSchemaFor(value), value, path, problems)
    if (config === null) return []
    checkTargets(config, path, known, problems)
    return { name, policy: resolvePolicy(config, path, problems), ...mergeRules(defaults, config) }
  })
}
