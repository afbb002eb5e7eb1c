/** A value of one column of one row, as it is bound. */
export type Cell = string | number | bigint | boolean | null

/** A column that rows of type `T` are written to. */
export interface Column<T> {
  readonly name: string
  /** Its PostgreSQL type. */
  readonly type: string
  readonly of: (row: T) => Cell
}

/**
 * The parameters of a statement that takes many rows through `unnest`: an array for each column. However many rows
 * there are, the statement is the same, so it is prepared once.
 */
export function bind<T>(columns: readonly Column<T>[], rows: readonly T[]): string[] {
  return columns.map((column) => arrayLiteral(rows, column.type.startsWith('int') ? whole(column.of) : column.of))
}

/** A count that is not whole is rounded: better than to have its row refused. */
function whole<T>(of: (row: T) => Cell): (row: T) => Cell {
  return (row) => {
    const cell = of(row)
    return typeof cell === 'number' ? Math.round(cell) : cell
  }
}

/**
 * `unnest($1::uuid[], …) as name (id, …)`: the rows bound as `bind` does.
 * @param first the number of the first parameter
 */
export function unnest<T>(columns: readonly Column<T>[], name: string, first: number): string {
  const arrays = columns.map((column, at) => `$${first + at}::${column.type}[]`)
  return `unnest(${arrays.join(', ')}) as ${name} (${namesOf(columns)})`
}

export function namesOf<T>(columns: readonly Column<T>[]): string {
  return columns.map((column) => column.name).join(', ')
}

/** Values bound as one array, for `= any($1::text[])`. */
export function textArray(values: readonly string[]): string {
  return arrayLiteral(values, (value) => value)
}

/** An array in PostgreSQL's text form (manual, section 8.15.6). */
function arrayLiteral<T>(rows: readonly T[], of: (row: T) => Cell): string {
  let text = '{'
  for (const row of rows) text += `${text.length > 1 ? ',' : ''}${literal(of(row))}`
  return `${text}}`
}

function literal(cell: Cell): string {
  if (cell === null) return 'NULL'
  if (typeof cell !== 'string') return String(cell)
  return `"${storable(cell).replace(/["\\]/g, '\\$&')}"`
}

/** PostgreSQL's text has no character zero; what stands in its place is Unicode's replacement character. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text
}

/** A time as bound to a `timestamptz`. Years of five digits, which ISO 8601 begins with a sign, PostgreSQL reads without. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/^\+0*/, '')
}

/** JSON as `jsonb` takes it: without the character zero and halves of surrogate pairs, which it refuses. */
export function jsonb(value: unknown): string {
  const text = JSON.stringify(value)
  if (!REFUSED.test(text)) return text
  return JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? storable(inner.toWellFormed()) : inner))
}

const REFUSED = /\\u(0000|d[89a-f])/
