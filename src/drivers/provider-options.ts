import { isJsonObject, type JsonObject } from '../core/json.ts'

/** What is sent as JSON. */
export type RequestBody = Readonly<Record<string, unknown>>

/**
 * A request's body with the caller's `providerOptions` in it, untouched. Objects are merged, so that an option inside one
 * does not lose what is beside it; tools are added to the caller's own; everything else is replaced.
 */
export function withProviderOptions(body: object, options: JsonObject): RequestBody {
  const merged: Record<string, unknown> = { ...body }
  for (const [name, option] of Object.entries(options)) {
    const ours = merged[name]
    if (isJsonObject(ours) && isJsonObject(option)) merged[name] = withProviderOptions(ours, option)
    else if (name === 'tools' && Array.isArray(ours) && Array.isArray(option)) merged[name] = [...ours, ...option]
    else merged[name] = option
  }
  return merged
}
