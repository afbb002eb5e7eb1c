import type { BrowserTokenInput, TokenQuota } from '../../core/browser-token.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { parseUsd } from '../../core/money.ts'
import type { QuotaUnit, QuotaWindow } from '../../core/quota.ts'
import type { Tag } from '../../core/tag.ts'
import { DEFAULT_INPUT_LIMITS } from './input-limits.ts'
import { collectIssues, type Issues, type Path } from './issues.ts'
import { checkLabel } from './label.ts'
import { checkModel } from './model-name.ts'
import { checkTags } from './tags.ts'

/** What a caller wants of a browser token, as GraphQL has it. */
export interface AskedBrowserToken {
  readonly endUser: string
  readonly expiresInSeconds: number
  readonly allowedModels: readonly string[] | null
  readonly allowedRoutes: readonly string[] | null
  readonly quotas: readonly { readonly unit: QuotaUnit; readonly window: QuotaWindow; readonly limit: string }[]
  readonly tags: readonly Tag[]
}

export type CheckedBrowserToken =
  | { readonly ok: true; readonly input: BrowserTokenInput }
  | { readonly ok: false; readonly issues: readonly InputIssue[] }

/** A day: a token that lives longer is a key, and should be one. */
const LONGEST_LIFE_S = 86_400
/** As of `endUser` in a request. */
const MOST_END_USER_CHARACTERS = 255
const MOST_NAMES = 50
const MOST_QUOTAS = 10

/** Checks what a browser token shall be, all of it at once. Whether its key may give that is not looked at here. */
export function checkBrowserToken(asked: AskedBrowserToken): CheckedBrowserToken {
  const issues = collectIssues()
  checkLabel(asked.endUser, MOST_END_USER_CHARACTERS, ['endUser'], issues)
  const life = asked.expiresInSeconds
  if (life < 1 || life > LONGEST_LIFE_S) {
    issues.add(['expiresInSeconds'], `Must be from 1 to ${LONGEST_LIFE_S}, which is a day; this is ${life}.`)
  }
  checkNames('allowedModels', asked.allowedModels, issues, (name, path) =>
    checkModel(name, DEFAULT_INPUT_LIMITS, path, issues),
  )
  checkNames('allowedRoutes', asked.allowedRoutes, issues, (name, path) =>
    checkLabel(name, DEFAULT_INPUT_LIMITS.modelCharacters, path, issues),
  )
  const input = {
    endUser: asked.endUser,
    lifeMs: life * 1000,
    allowedModels: asked.allowedModels,
    allowedRoutes: asked.allowedRoutes,
    quotas: checkQuotas(asked.quotas, issues),
    tags: checkTags({ tags: asked.tags }, DEFAULT_INPUT_LIMITS, issues),
  }
  const found = issues.list()
  return found.length === 0 ? { ok: true, input } : { ok: false, issues: found }
}

function checkNames(
  field: string,
  names: readonly string[] | null,
  issues: Issues,
  check: (name: string, path: Path) => void,
): void {
  if (names === null) return
  if (names.length > MOST_NAMES) {
    issues.add([field], `Must have at most ${MOST_NAMES} entries; this has ${names.length}.`)
    return
  }
  for (const [index, name] of names.entries()) check(name, [field, `${index}`])
}

function checkQuotas(asked: AskedBrowserToken['quotas'], issues: Issues): readonly TokenQuota[] {
  if (asked.length > MOST_QUOTAS) {
    issues.add(['quotas'], `Must have at most ${MOST_QUOTAS} entries; this has ${asked.length}.`)
    return []
  }
  const seen = new Set<string>()
  return asked.map(({ unit, window: given, limit }, index) => {
    // There is no time over which calls under way could be counted.
    const window = unit === 'CONCURRENT_CALLS' ? 'TOTAL' : given
    const measure = `${unit} ${window}`
    if (seen.has(measure)) issues.add(['quotas', `${index}`], `There are two quotas on ${unit} per ${window}.`)
    seen.add(measure)
    return { unit, window, limit: checkLimit(unit, limit, ['quotas', `${index}`, 'limit'], issues) }
  })
}

/** More digits than any limit needs; a bound on the work of reading it. */
const MOST_DIGITS = 32

function checkLimit(unit: QuotaUnit, text: string, path: Path, issues: Issues): bigint {
  const isReadable = text.length <= MOST_DIGITS && (unit === 'USD' ? /^\d+(\.\d{1,12})?$/ : /^\d+$/).test(text)
  if (isReadable) return unit === 'USD' ? parseUsd(text) : BigInt(text)
  const advice = unit === 'USD' ? 'Must be US dollars with at most twelve decimals' : 'Must be a whole number'
  issues.add(path, `${advice}, not below zero.`)
  return 0n
}
