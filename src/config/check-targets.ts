import { isRouteName, type NamedPolicy, targetsOf } from '../core/route-policy.ts'
import { checkProviderOf } from './known-models.ts'
import { nearest } from './nearest.ts'
import type { PolicyConfig } from './policy-config.ts'
import type { Problems } from './problem.ts'

/** What may be named in a route. */
export interface Nameable {
  readonly providers: readonly string[]
  /** Routes, those that are there by default included. */
  readonly routes: readonly string[]
}

/** Checks that what a route's lists name is there, and once. */
export function checkTargets(policy: PolicyConfig, path: string, known: Nameable, problems: Problems): void {
  for (const [list, targets] of Object.entries(targetLists(policy))) {
    for (const [index, target] of targets.entries()) {
      const place = `${path}.${list}.${index}`
      if (isRouteName(target)) checkRoute(target, place, known.routes, problems)
      else checkProviderOf(target, known.providers, place, problems)
      if (targets.indexOf(target) < index) problems.add(place, `"${target}" stands here twice`)
    }
  }
}

function checkRoute(name: string, path: string, routes: readonly string[], problems: Problems): void {
  if (routes.includes(name)) return
  const meant = nearest(name, routes)
  const advice = meant === null ? 'write a model as "provider/model"' : `did you mean "${meant}"?`
  problems.add(path, `no route is called "${name}": ${advice}`)
}

/** The lists of a policy by their paths. */
function targetLists(policy: PolicyConfig): Readonly<Record<string, readonly string[]>> {
  switch (policy.strategy) {
    case 'complexity':
      return { 'tiers.simple': policy.tiers.simple, 'tiers.complex': policy.tiers.complex }
    case 'weighted':
      return { models: policy.models.map((target) => (typeof target === 'string' ? target : target.model)) }
    case 'rules': {
      const rules = policy.rules.map(({ models }, index): [string, readonly string[]] => [
        `rules.${index}.models`,
        models,
      ])
      return { ...Object.fromEntries(rules), otherwise: policy.otherwise ?? [] }
    }
    case 'experiment': {
      const variants = Object.entries(policy.variants)
      return Object.fromEntries(variants.map(([name, { models }]) => [`variants.${name}.models`, models]))
    }
    case 'shadow':
      return { models: policy.models, shadows: policy.shadows }
    default:
      return { models: policy.models }
  }
}

/** Checks that no route leads back to itself. */
export function checkNesting(routes: readonly NamedPolicy[], problems: Problems): void {
  const told = new Set<string>()
  for (const route of routes) {
    const circle = circleFrom(route, routes, [])
    if (circle === null || circle.some((name) => told.has(name))) continue
    for (const name of circle) told.add(name)
    problems.add(`routes.${route.name}`, `leads back to itself: ${circle.join(' → ')}`)
  }
}

/** The way from a route back to it, both ends included; null where there is none. */
function circleFrom(start: NamedPolicy, routes: readonly NamedPolicy[], seen: string[]): readonly string[] | null {
  const visit = (route: NamedPolicy, way: readonly string[]): readonly string[] | null => {
    for (const target of targetsOf(route.policy).filter(isRouteName)) {
      if (target === start.name) return [...way, target]
      const next = routes.find(({ name }) => name === target)
      if (next === undefined || seen.includes(target)) continue
      seen.push(target)
      const circle = visit(next, [...way, target])
      if (circle !== null) return circle
    }
    return null
  }
  return visit(start, [start.name])
}
