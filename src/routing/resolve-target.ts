import { modelsOf, policiesWithin } from '../core/route-policy.ts'
import { type ModelRef, modelId, parseModelId } from '../core/routing.ts'
import type { RouteSettings, Settings } from '../core/settings.ts'
import { closest } from './closest.ts'

/** A route or model that exists, with every model that a call for it can reach. */
export interface KnownTarget {
  readonly type: 'route'
  /** What was asked for: a configured route, or one model, which becomes a route of its own. */
  readonly asked: 'route' | 'model'
  readonly route: RouteSettings
  /** Every configured route: the ones that this route's targets may name among them. */
  readonly routes: readonly RouteSettings[]
  /** The route's own models and the caller's fallbacks that are not among them, each once, of configured providers. */
  readonly models: readonly ModelRef[]
  /** Those of `models` that only the caller's fallbacks name, in the caller's order. */
  readonly fallbacks: readonly ModelRef[]
  /** Models that were named but can't be reached, since no provider is configured by that name. */
  readonly unreachable: readonly ModelRef[]
  /** Models that may get a copy of the request. */
  readonly shadows: readonly ModelRef[]
}

export interface UnknownTarget {
  readonly type: 'unknown'
  /** What is wrong with the name and what to write instead. */
  readonly message: string
}

export type Target = KnownTarget | UnknownTarget

type Known = Pick<Settings, 'routes' | 'providers' | 'defaults'>

/**
 * Finds what a request asks for.
 * @param model a route's name, or one model as `provider/model`
 * @param fallbacks models as `provider/model`, to be tried behind the route's own
 */
export function resolveTarget(model: string, fallbacks: readonly string[], settings: Known): Target {
  const bare = fallbacks.find((name) => parseModelId(name) === null)
  if (bare !== undefined) return unknown(`The fallback "${bare}" is no model: write it as provider/model.`)
  const route = settings.routes.find(({ name }) => name === model)
  if (route !== undefined) return known('route', route, fallbacks, settings)
  const ref = parseModelId(model)
  if (ref === null) return unknown(noSuchRoute(model, settings))
  if (!isConfigured(ref, settings)) return unknown(noSuchProvider(ref, settings))
  const alone: RouteSettings = { ...settings.defaults, name: model, policy: { strategy: 'priority', models: [model] } }
  return known('model', alone, fallbacks, settings)
}

function known(
  asked: KnownTarget['asked'],
  route: RouteSettings,
  fallbacks: readonly string[],
  settings: Known,
): KnownTarget {
  const own = modelsOf(route.policy, settings.routes)
  const added = [...new Set(fallbacks)].filter((id) => !own.includes(id))
  const ownRefs = refsOf(own)
  const addedRefs = refsOf(added)
  const reachable = (ref: ModelRef) => isConfigured(ref, settings)
  return {
    type: 'route',
    asked,
    route,
    routes: settings.routes,
    models: [...ownRefs, ...addedRefs].filter(reachable),
    fallbacks: addedRefs.filter(reachable),
    unreachable: [...ownRefs, ...addedRefs].filter((ref) => !reachable(ref)),
    shadows: refsOf(shadowsOf(route, settings)).filter(reachable),
  }
}

function shadowsOf({ policy }: RouteSettings, { routes }: Known): readonly string[] {
  const within = policiesWithin(policy, routes)
  return [...new Set(within.flatMap((each) => (each.strategy === 'shadow' ? each.shadows : [])))]
}

function refsOf(ids: readonly string[]): readonly ModelRef[] {
  return ids.map((id) => parseModelId(id)).filter((ref) => ref !== null)
}

function isConfigured(ref: ModelRef, { providers }: Known): boolean {
  return providers.some(({ name }) => name === ref.provider)
}

function unknown(message: string): UnknownTarget {
  return { type: 'unknown', message }
}

function noSuchRoute(name: string, { routes }: Known): string {
  const names = routes.map((route) => route.name)
  return `There is no route "${name}". ${suggestion(name, names, 'routes')}To ask for one model, write provider/model.`
}

function noSuchProvider(ref: ModelRef, { providers }: Known): string {
  const names = providers.map(({ name }) => name)
  const instead = suggestion(ref.provider, names, 'configured providers')
  return `"${modelId(ref)}" can't be asked for: no provider "${ref.provider}" is configured. ${instead}`.trimEnd()
}

/** More names than this are not listed. */
const LISTED = 10

function suggestion(name: string, known: readonly string[], what: string): string {
  const like = closest(name, known)
  if (like !== null) return `Did you mean "${like}"? `
  if (known.length === 0) return `There are no ${what}. `
  const more = known.length > LISTED ? ', …' : ''
  return `The ${what} are ${known.slice(0, LISTED).join(', ')}${more}. `
}
