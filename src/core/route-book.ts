import { isRouteName, targetsOf } from './route-policy.ts'
import type { UsedVersion } from './routing.ts'
import type { RouteSettings } from './settings.ts'

/** All routes at one moment. It never changes: a change makes a new one. */
export interface RoutesInForce {
  readonly routes: readonly RouteSettings[]
  /** The versions of a route and of all routes within it, itself first; empty where there is no such route. */
  versionsOf(name: string): readonly UsedVersion[]
}

/** Knows which routes are in force. Asking costs nothing: every call does. */
export interface RouteBook {
  current(): RoutesInForce
}

/** @param versions of the routes that were published at run time; the others have version 0 */
export function routesInForce(
  routes: readonly RouteSettings[],
  versions: ReadonlyMap<string, number> = new Map(),
): RoutesInForce {
  const byName = new Map(routes.map((route) => [route.name, route]))
  const used = new Map(
    routes.map(({ name }) => [
      name,
      namesWithin(name, byName).map((route): UsedVersion => ({ route, version: versions.get(route) ?? 0 })),
    ]),
  )
  return { routes, versionsOf: (name) => used.get(name) ?? NONE }
}

const NONE: readonly UsedVersion[] = []

/** A route and all that it reaches, each once. */
function namesWithin(name: string, byName: ReadonlyMap<string, RouteSettings>): readonly string[] {
  const reached: string[] = []
  const visit = (each: string) => {
    const route = byName.get(each)
    if (route === undefined || reached.includes(each)) return
    reached.push(each)
    for (const target of targetsOf(route.policy)) if (isRouteName(target)) visit(target)
  }
  visit(name)
  return reached
}
