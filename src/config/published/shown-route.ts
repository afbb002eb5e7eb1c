import { formatUsd } from '../../core/money.ts'
import type { RouteSettings } from '../../core/settings.ts'

/** A route with all its rules as JSON, for the record of what was changed. */
export function shownRoute(route: RouteSettings | null): unknown {
  return JSON.parse(JSON.stringify(route, shown))
}

function shown(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return formatUsd(value)
  return typeof value === 'function' ? 'a function of its own' : value
}
