import type { Caller } from '../core/caller.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { CompletionRequest } from '../core/request.ts'
import type { CheckedInput } from './validate/check-input.ts'

/**
 * A request as its caller may make it. With a browser token it is for the token's end user, and has the token's tags:
 * they are filled in where the input leaves them out, and nothing else may stand in their place.
 */
export function boundTo(caller: Caller | null, checked: CheckedInput): CheckedInput {
  const token = caller?.browserToken ?? null
  if (token === null || !checked.ok) return checked
  const { request } = checked
  const issues = [...endUserIssues(request, token.endUser), ...tagIssues(request, token.tags)]
  if (issues.length > 0) return { ok: false, issues }
  const missing = token.tags.filter(({ key }) => !request.tags.some((tag) => tag.key === key))
  return { ok: true, request: { ...request, endUser: token.endUser, tags: [...request.tags, ...missing] } }
}

function endUserIssues(request: CompletionRequest, endUser: string): readonly InputIssue[] {
  if (request.endUser === null || request.endUser === endUser) return []
  return [{ path: ['endUser'], message: 'This browser token is for another end user: leave this out.' }]
}

function tagIssues(request: CompletionRequest, fixed: CompletionRequest['tags']): readonly InputIssue[] {
  return request.tags.flatMap(({ key, value }, index) => {
    const own = fixed.find((tag) => tag.key === key)
    if (own === undefined || own.value === value) return []
    const message = `This browser token sets "${key}" to another value: leave it out.`
    return [{ path: ['tags', String(index), 'value'], message }]
  })
}
