import type { FragmentDefinitionNode, GraphQLResolveInfo, SelectionSetNode } from 'graphql'

const QUANTILES = new Set(['latencyMs', 'firstTokenMs'])

/** Whether a query of usage asks for any quantile: the sketches that they need are most of what is read. */
export function wantsQuantiles({ fieldNodes, fragments }: GraphQLResolveInfo): boolean {
  return fieldNodes.some(({ selectionSet }) => selects(selectionSet, fragments, new Set()))
}

function selects(
  selected: SelectionSetNode | undefined,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
  seen: Set<string>,
): boolean {
  if (!selected) return false
  return selected.selections.some((selection) => {
    if (selection.kind !== 'FragmentSpread') {
      if (selection.kind === 'Field' && QUANTILES.has(selection.name.value)) return true
      return selects(selection.selectionSet, fragments, seen)
    }
    const { value } = selection.name
    if (seen.has(value)) return false
    seen.add(value)
    return selects(fragments[value]?.selectionSet, fragments, seen)
  })
}
