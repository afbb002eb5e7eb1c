/** What a model makes of text: an answer, or a vector. */
export type ModelKind = 'TEXT' | 'EMBEDDING'

/** Most say it in their names; these families don't. */
const EMBEDDING = /embed|(^|\/)(bge|gte|(multilingual-)?e5)-/i

/**
 * A model's kind by its name, since no list and no API tells it. For showing only: whatever the name, both may be asked
 * of it, and its provider knows.
 * @param model the provider's own name for it
 */
export function kindOfModel(model: string): ModelKind {
  return EMBEDDING.test(model) ? 'EMBEDDING' : 'TEXT'
}
