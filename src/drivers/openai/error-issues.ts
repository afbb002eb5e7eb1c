import type { InputIssue } from '../../core/input-issue.ts'

/** The provider's names of fields, and where ours are in `CompletionInput` and `EmbedInput`. `$1` is the index that the name holds. */
const FIELDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(messages|input)\b/, ['messages']],
  [/^model$/, ['model']],
  [/^dimensions$/, ['dimensions']],
  [/^temperature$/, ['temperature']],
  [/^top_p$/, ['topP']],
  [/^(max_tokens|max_completion_tokens|max_output_tokens)$/, ['maxOutputTokens']],
  [/^stop\b/, ['stop']],
  [/^(seed|random_seed)$/, ['seed']],
  [/^tools\[(\d+)\](\.function)?\.parameters/, ['tools', '$1', 'parameters']],
  [/^tools\[(\d+)\](\.function)?\.name/, ['tools', '$1', 'name']],
  [/^tools\[(\d+)\]/, ['tools', '$1']],
  [/^tools\b/, ['tools']],
  [/^tool_choice\b/, ['toolChoice']],
  [/^(response_format|text\.format)\b.*schema/, ['output', 'schema']],
  [/^(response_format|text\.format)\b/, ['output']],
  [/^(reasoning_effort|reasoning\.effort)$/, ['reasoning', 'effort']],
  [/^reasoning\b/, ['reasoning']],
]

/** The field at fault in our terms; none where the provider names none that is ours. */
export function issuesOf(param: string | null, message: string): readonly InputIssue[] {
  if (param === null) return []
  for (const [pattern, path] of FIELDS) {
    const match = pattern.exec(param)
    if (match) return [{ path: path.map((step) => (step === '$1' ? (match[1] ?? '') : step)), message }]
  }
  return []
}
