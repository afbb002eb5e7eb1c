import type { Ours, Reconciliation, ReconciliationRow, ReconciliationTotal, Theirs } from '../../core/reconciliation.ts'

/** What one side says of a provider, a day (as `2025-06-30`) and a model, by the provider's own name. */
export interface Said<T> {
  readonly provider: string
  readonly day: string
  readonly model: string | null
  readonly figures: T
}

const NO_OURS: Ours = { cost: 0n, estimated: 0n, unpricedAttempts: 0, inputTokens: 0, outputTokens: 0, attempts: 0 }

/**
 * Puts the two side by side. A model is the same whatever date its edition has; where a report tells a provider's day as one
 * sum, without models, ours is one sum too. What a report that covers the day does not name cost nothing there.
 */
export function reconcile(theirs: readonly Said<Theirs>[], ours: readonly Said<Ours>[]): Reconciliation {
  const said = Map.groupBy(theirs, dayName)
  const counted = Map.groupBy(ours, dayName)
  const names = [...new Set([...said.keys(), ...counted.keys()])]
  const rows = names.flatMap((name) => rowsOfDay(said.get(name) ?? [], counted.get(name) ?? []))
  return { rows: rows.sort(inOrder), total: rows.reduce(withRow, NOTHING) }
}

function rowsOfDay(theirs: readonly Said<Theirs>[], ours: readonly Said<Ours>[]): ReconciliationRow[] {
  const [first] = [...theirs, ...ours]
  if (!first) return []
  const inOneSum = theirs.length > 0 && theirs.every(({ model }) => model === null)
  const modelOf = ({ model }: Said<unknown>) => (model === null || inOneSum ? null : withoutEdition(model))
  const theirsByModel = Map.groupBy(theirs, modelOf)
  const oursByModel = Map.groupBy(ours, modelOf)
  const covered = covers(theirs)
  return [...new Set([...theirsByModel.keys(), ...oursByModel.keys()])].map((model) => {
    const mine = (oursByModel.get(model) ?? []).map(({ figures }) => figures).reduce(addOurs, NO_OURS)
    const figures = (theirsByModel.get(model) ?? []).map((each) => each.figures)
    const their = theirs.length === 0 ? null : figures.reduce(addTheirs, covered)
    const difference = their?.cost == null ? null : their.cost - mine.cost
    const unexplained = difference === null ? null : leftOf(difference, mine)
    return {
      provider: first.provider,
      day: Date.parse(first.day),
      model,
      theirs: their,
      ours: mine,
      difference,
      unexplained,
    }
  })
}

/** What it means that a day's reports do not name a model: nothing, for all that they count at all. */
function covers(theirs: readonly Said<Theirs>[]): Theirs {
  const all = theirs.map(({ figures }) => figures)
  return {
    cost: all.some(({ cost }) => cost !== null) ? 0n : null,
    inputTokens: all.some(({ inputTokens }) => inputTokens !== null) ? 0 : null,
    outputTokens: all.some(({ outputTokens }) => outputTokens !== null) ? 0 : null,
    requests: all.some(({ requests }) => requests !== null) ? 0 : null,
  }
}

function leftOf(difference: bigint, { estimated, unpricedAttempts }: Ours): bigint | null {
  if (difference > 0n && unpricedAttempts > 0) return null
  const size = difference < 0n ? -difference : difference
  const left = size > estimated ? size - estimated : 0n
  return difference < 0n ? -left : left
}

/** `gpt-5-mini-2025-08-07`, `claude-haiku-4-5-20251001`, `x@20250101` and `models/x` without what is not the model's name. */
function withoutEdition(model: string): string {
  return model
    .toLowerCase()
    .replace(/^models\//, '')
    .replace(/[-@](\d{4}-\d{2}-\d{2}|\d{8}|latest)$/, '')
}

function dayName({ provider, day }: Said<unknown>): string {
  return JSON.stringify([provider, day])
}

function inOrder(a: ReconciliationRow, b: ReconciliationRow): number {
  return compare(a.provider, b.provider) || a.day - b.day || compare(a.model ?? '', b.model ?? '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function addOurs(a: Ours, b: Ours): Ours {
  return {
    cost: a.cost + b.cost,
    estimated: a.estimated + b.estimated,
    unpricedAttempts: a.unpricedAttempts + b.unpricedAttempts,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    attempts: a.attempts + b.attempts,
  }
}

function addTheirs(a: Theirs, b: Theirs): Theirs {
  return {
    cost: a.cost === null && b.cost === null ? null : (a.cost ?? 0n) + (b.cost ?? 0n),
    inputTokens: plus(a.inputTokens, b.inputTokens),
    outputTokens: plus(a.outputTokens, b.outputTokens),
    requests: plus(a.requests, b.requests),
  }
}

function plus(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0)
}

const NOTHING: ReconciliationTotal = { theirs: 0n, ours: 0n, difference: 0n, unexplained: 0n, uncovered: 0n }

function withRow(total: ReconciliationTotal, { theirs, ours, difference, unexplained }: ReconciliationRow) {
  if (difference === null || theirs?.cost == null) return { ...total, uncovered: total.uncovered + ours.cost }
  return {
    theirs: total.theirs + theirs.cost,
    ours: total.ours + ours.cost,
    difference: total.difference + difference,
    unexplained: total.unexplained + (unexplained ?? 0n),
    uncovered: total.uncovered,
  }
}
