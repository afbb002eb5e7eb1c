import type { InputIssue } from '../../core/input-issue.ts'
import { isRouteName, targetsOf } from '../../core/route-policy.ts'
import type { RouteSettings, Settings } from '../../core/settings.ts'
import { checkNesting } from '../check-targets.ts'
import { collectProblems, type Problem } from '../problem.ts'
import { resolveRoutes } from '../resolve-routes.ts'
import { issuePath } from './issue-path.ts'

/** What routes are read against: the configuration file's word. */
export type BaseSettings = Pick<Settings, 'routes' | 'providers' | 'defaults'>

/** A route as it was published, with the version that is in force. */
export interface StoredRoute {
  readonly name: string
  readonly version: number
  readonly config: unknown
}

export interface ReadRoutes {
  /** The configuration file's routes, with the published ones in their places or behind them. */
  readonly routes: readonly RouteSettings[]
  /** Of the published ones among them. */
  readonly versions: ReadonlyMap<string, number>
  /** What is wrong, by route: the configuration file may have changed since they were published. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>
}

/** Reads what is stored. What can't be read at all is left out, and then the configuration file's word holds. */
export function readStored(base: BaseSettings, stored: readonly StoredRoute[]): ReadRoutes {
  const names = namesOf(base, stored)
  const published = new Map<string, RouteSettings>()
  const versions = new Map<string, number>()
  const problems = new Map<string, readonly Problem[]>()
  for (const { name, version, config } of stored) {
    const found = collectProblems()
    const [route] = resolveRoutes({ [name]: config }, base.defaults, known(base, names), found)
    if (found.list().length > 0) problems.set(name, found.list())
    if (route === undefined) continue
    published.set(name, route)
    versions.set(name, version)
  }
  return { routes: together(base.routes, published), versions, problems }
}

/** One route read as if it stood in the configuration file beside those that are in force. */
export function readOne(
  base: BaseSettings,
  inForce: readonly RouteSettings[],
  { name, config }: Pick<StoredRoute, 'name' | 'config'>,
): { readonly route: RouteSettings | null; readonly issues: readonly InputIssue[] } {
  const found = collectProblems()
  const names = [...new Set([...inForce.map((each) => each.name), name])]
  const [route = null] = resolveRoutes({ [name]: config }, base.defaults, known(base, names), found)
  if (route !== null) checkNesting(replaced(inForce, route), found)
  const issues = found.list().map(({ path, message }) => ({ path: pathOf(name, config, path), message }))
  return { route, issues }
}

/** The routes with this one in its place, or behind them. */
export function replaced(routes: readonly RouteSettings[], route: RouteSettings): readonly RouteSettings[] {
  return together(routes, new Map([[route.name, route]]))
}

/** Routes that name this one among their targets. */
export function namersOf(name: string, routes: readonly RouteSettings[]): readonly string[] {
  const names = ({ policy }: RouteSettings) =>
    targetsOf(policy).some((target) => isRouteName(target) && target === name)
  return routes.filter((route) => route.name !== name && names(route)).map((route) => route.name)
}

function together(
  base: readonly RouteSettings[],
  published: ReadonlyMap<string, RouteSettings>,
): readonly RouteSettings[] {
  const names = new Set(base.map(({ name }) => name))
  const added = [...published.values()].filter(({ name }) => !names.has(name))
  return [...base.map((route) => published.get(route.name) ?? route), ...added]
}

function namesOf({ routes }: BaseSettings, stored: readonly StoredRoute[]): readonly string[] {
  return [...new Set([...routes, ...stored].map(({ name }) => name))]
}

function known({ providers }: BaseSettings, routes: readonly string[]) {
  return { providers: providers.map(({ name }) => name), routes }
}

/** Problems are told with the path in the configuration file; whoever publishes wrote only what is below the name. */
function pathOf(name: string, config: unknown, path: string): readonly string[] {
  const prefix = `routes.${name}`
  if (path === prefix) return []
  return path.startsWith(`${prefix}.`) ? issuePath(config, path.slice(prefix.length + 1)) : path.split('.')
}
