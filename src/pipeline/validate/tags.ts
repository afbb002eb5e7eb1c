import type { CompletionInput } from '../../core/completion-input.ts'
import type { Tag } from '../../core/tag.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues } from './issues.ts'
import { checkLabel } from './label.ts'

export function checkTags(input: Pick<CompletionInput, 'tags'>, limits: InputLimits, issues: Issues): readonly Tag[] {
  const tags = input.tags ?? []
  if (tags.length > limits.tags) {
    issues.add(['tags'], `Must have at most ${limits.tags} entries; this has ${tags.length}.`)
    return []
  }
  const seen = new Set<string>()
  for (const [index, { key, value }] of tags.entries()) {
    checkLabel(key, limits.tagKeyCharacters, ['tags', `${index}`, 'key'], issues)
    checkLabel(value, limits.tagValueCharacters, ['tags', `${index}`, 'value'], issues)
    if (seen.has(key))
      issues.add(['tags', `${index}`, 'key'], `"${key.slice(0, 80)}" stands here twice: a key has one value.`)
    seen.add(key)
  }
  return tags.map(({ key, value }) => ({ key, value }))
}
