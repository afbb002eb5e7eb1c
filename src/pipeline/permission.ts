import type { CallError } from '../core/call-error.ts'
import type { Caller } from '../core/caller.ts'
import type { CompletionRequest } from '../core/request.ts'
import { modelId } from '../core/routing.ts'
import type { KnownTarget } from '../routing/resolve-target.ts'
import { NO_KEY, notAuthorized } from './call-errors.ts'

/** Whether a caller may begin calls, and follow those of others. */
export function mayCall(caller: Caller | null): caller is Caller {
  return caller?.scopes.includes('complete') ?? false
}

/** What whoever may not is told. */
export function noRight(caller: Caller | null): CallError {
  return notAuthorized(caller === null ? NO_KEY : 'This API key lacks the scope "complete".')
}

/** What a key may ask for. */
export type Permissions = Pick<Caller, 'allowedModels' | 'allowedRoutes'>

/**
 * What of a request its key is not allowed, told to its caller; null where all of it is. A route brings its own models
 * along, whichever the key may ask for by name; what a caller adds as a fallback, it asks for by name.
 */
export function notPermitted(
  { model }: Pick<CompletionRequest, 'model'>,
  { asked, fallbacks }: KnownTarget,
  { allowedModels, allowedRoutes }: Permissions,
): string | null {
  if (asked === 'route' && allowedRoutes !== null && !allowedRoutes.includes(model)) {
    return `This API key may not use the route "${model}". ${listed('routes', allowedRoutes)}`
  }
  const named = [...(asked === 'model' ? [model] : []), ...fallbacks.map(modelId)]
  const foreign = allowedModels === null ? undefined : named.find((id) => !allowedModels.includes(id))
  if (allowedModels === null || foreign === undefined) return null
  return `This API key may not ask for the model "${foreign}" by name. ${listed('models', allowedModels)}`
}

/** More names than this are not listed. */
const LISTED = 10

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return `It is allowed no ${what}.`
  return `Its ${what} are ${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ', …' : ''}.`
}
