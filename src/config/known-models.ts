import { parseModelId } from '../core/routing.ts'
import { nearest } from './nearest.ts'
import { PRESETS } from './presets.ts'
import type { Problems } from './problem.ts'

/** Checks that a model's provider exists. Any model of it may be asked for: it alone knows which it has. */
export function checkProviderOf(model: string, providers: readonly string[], path: string, problems: Problems): void {
  const provider = parseModelId(model)?.provider
  if (provider === undefined || providers.includes(provider)) return
  problems.add(path, `no provider is called "${provider}"${adviceFor(provider, providers)}`)
}

function adviceFor(provider: string, providers: readonly string[]): string {
  const known = providers.length === 0 ? 'none is configured' : `known: ${providers.join(', ')}`
  const meant = nearest(provider, providers)
  if (meant !== null) return `; ${known}`
  const [variable] = (Object.hasOwn(PRESETS, provider) ? PRESETS[provider]?.keyVariables : undefined) ?? []
  return variable === undefined ? `; ${known}` : `: set ${variable} or declare it; ${known}`
}
