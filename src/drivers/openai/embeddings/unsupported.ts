import type { EmbeddingCheck } from '../../../core/driver.ts'
import type { InputIssue } from '../../../core/input-issue.ts'
import type { EmbeddingDialect } from './dialect.ts'

/** What a service can't express of a request for vectors. */
export function embeddingIssues(
  { model, dimensions }: EmbeddingCheck,
  { fixedDimensions }: EmbeddingDialect,
): readonly InputIssue[] {
  if (dimensions === null || !fixedDimensions?.test(model)) return []
  return [{ path: ['dimensions'], message: `The vectors of ${model} have one length only. Leave it out.` }]
}
