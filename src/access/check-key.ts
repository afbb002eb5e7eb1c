import type { Administrator } from '../core/administrator.ts'
import type { ApiKeySettings } from '../core/api-key.ts'
import type { InputIssue } from '../core/input-issue.ts'
import { parseModelId } from '../core/routing.ts'
import { NAME, NAME_ADVICE } from './name.ts'

/** What keys can be allowed, as far as it is known. */
export interface KnownNames {
  hasRoute(name: string): boolean
  hasProvider(name: string): boolean
}

const MOST_ENTRIES = 200
const LONGEST_ENTRY = 256

/**
 * All that is wrong with what a key shall be.
 * @param given what was asked for; what is left out stays as it is and is not looked at
 * @param now milliseconds since 1970
 */
export function keyIssues(given: Partial<ApiKeySettings>, known: KnownNames, now: number): readonly InputIssue[] {
  const { name, scopes, expiresAt, allowedModels, allowedRoutes, allowedOrigins } = given
  const issues: InputIssue[] = []
  if (name !== undefined && name !== '' && !NAME.test(name)) issues.push({ path: ['name'], message: NAME_ADVICE })
  if (scopes?.length === 0) issues.push({ path: ['scopes'], message: 'Give at least one.' })
  if (expiresAt != null && expiresAt <= now) issues.push({ path: ['expiresAt'], message: 'This time is past.' })
  return [
    ...issues,
    ...listIssues('allowedModels', allowedModels, (model) => modelIssue(model, known)),
    ...listIssues('allowedRoutes', allowedRoutes, (route) => routeIssue(route, known)),
    ...listIssues('allowedOrigins', allowedOrigins, originIssue),
  ]
}

function listIssues(
  field: string,
  entries: readonly string[] | null | undefined,
  issueOf: (entry: string) => string | null,
): readonly InputIssue[] {
  if (entries == null) return []
  if (entries.length > MOST_ENTRIES) {
    return [{ path: [field], message: `Give at most ${MOST_ENTRIES}; these are ${entries.length}.` }]
  }
  return entries.flatMap((entry, index) => {
    const tooLong = entry.length > LONGEST_ENTRY ? `Write at most ${LONGEST_ENTRY} characters.` : null
    const message = tooLong ?? issueOf(entry)
    return message === null ? [] : [{ path: [field, String(index)], message }]
  })
}

function modelIssue(model: string, known: KnownNames): string | null {
  const ref = parseModelId(model)
  if (ref === null) return `"${model}" is no model: write provider/model.`
  return known.hasProvider(ref.provider) ? null : `No provider "${ref.provider}" is configured.`
}

function routeIssue(route: string, known: KnownNames): string | null {
  return known.hasRoute(route) ? null : `There is no route "${route}".`
}

function originIssue(origin: string): string | null {
  const isOrigin = /^https?:[^*]*$/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin
  return isOrigin ? null : `Write an origin such as "https://app.example.com": no path, no slash at the end, no "*".`
}

/** What of a key nobody may give who has not got it: all of the issues, or none. */
export function grantIssues(
  by: Administrator,
  key: Pick<ApiKeySettings, 'scopes' | 'allowedModels' | 'allowedRoutes'>,
): readonly InputIssue[] {
  const scopes = key.scopes.filter((scope) => !by.scopes.includes(scope))
  const missing: InputIssue[] = scopes.map((scope) => ({
    path: ['scopes'],
    message: `Your key lacks the scope "${scope}", so it can not give it.`,
  }))
  return [
    ...missing,
    ...beyond('allowedModels', key.allowedModels, by.allowedModels),
    ...beyond('allowedRoutes', key.allowedRoutes, by.allowedRoutes),
  ]
}

/** What lies beyond a list of what is allowed; `null` allows all. */
export function beyond(
  field: string,
  wanted: readonly string[] | null,
  held: readonly string[] | null,
): readonly InputIssue[] {
  if (held === null) return []
  const more = wanted === null ? null : wanted.filter((entry) => !held.includes(entry))
  if (more?.length === 0) return []
  const what = more === null ? 'more than its own' : more.map((entry) => `"${entry}"`).join(', ')
  return [{ path: [field], message: `Your key is not allowed ${what}, so it can not give that.` }]
}

/** Where only one of the two lists is set, nothing of the other kind is allowed: a key for a route is for that route. */
export function closed<T extends Pick<ApiKeySettings, 'allowedModels' | 'allowedRoutes'>>(key: T): T {
  const { allowedModels, allowedRoutes } = key
  if (allowedModels === null && allowedRoutes === null) return key
  return { ...key, allowedModels: allowedModels ?? [], allowedRoutes: allowedRoutes ?? [] }
}
