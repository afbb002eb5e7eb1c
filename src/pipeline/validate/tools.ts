import type { CompletionInput, ToolInput } from '../../core/completion-input.ts'
import type { ToolChoice, ToolDefinition } from '../../core/conversation.ts'
import { checkJsonSchema } from './check-json-schema.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues } from './issues.ts'
import { checkName } from './name.ts'

export function checkTools(input: CompletionInput, limits: InputLimits, issues: Issues): readonly ToolDefinition[] {
  const tools = input.tools ?? []
  if (tools.length > limits.tools) {
    issues.add(['tools'], `Must have at most ${limits.tools} entries; this has ${tools.length}.`)
    return []
  }
  const seen = new Set<string>()
  const checked: ToolDefinition[] = []
  for (const [index, tool] of tools.entries()) {
    const path = ['tools', `${index}`]
    checkName(tool.name, [...path, 'name'], issues)
    if (seen.has(tool.name)) issues.add([...path, 'name'], `Two tools are called "${tool.name.slice(0, 80)}".`)
    seen.add(tool.name)
    const parameters = checkParameters(tool, [...path, 'parameters'], limits, issues)
    if (parameters === null) continue
    checked.push({ name: tool.name, description: tool.description ?? null, parameters, strict: tool.strict ?? null })
  }
  return checked
}

function checkParameters(tool: ToolInput, path: readonly string[], limits: InputLimits, issues: Issues) {
  const schema = checkJsonSchema(tool.parameters, limits, path, issues)
  if (schema !== null && schema.type !== 'object') {
    const none = '{ "type": "object", "properties": {} }'
    issues.add(path, `Must be a schema of type "object"; for a tool without arguments write ${none}.`)
  }
  return schema
}

const MODES = { AUTO: { type: 'auto' }, NONE: { type: 'none' }, REQUIRED: { type: 'required' } } as const

export function checkToolChoice(input: CompletionInput, issues: Issues): ToolChoice | null {
  if (input.toolChoice == null) return null
  const { mode, tool } = input.toolChoice
  const names = (input.tools ?? []).map(({ name }) => name)
  if (names.length === 0) {
    issues.add(['toolChoice'], 'Needs `tools`: there is nothing to choose from.')
    return null
  }
  if (tool != null) {
    if (!names.includes(tool)) {
      issues.add(
        ['toolChoice', 'tool'],
        `No tool is called "${tool.slice(0, 80)}"; given are: ${names.slice(0, 20).join(', ')}.`,
      )
    }
    return { type: 'tool', name: tool }
  }
  if (mode != null) return MODES[mode]
  issues.add(['toolChoice'], 'Give `mode` or `tool`.')
  return null
}
