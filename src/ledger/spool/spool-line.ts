/** Which form the line has; lines of another form are not read. */
const VERSION = 1

/** Begins text that stands for something else. It is in no text that anybody writes, and escaped all the same. */
const MARK = '\u0001'

/** A row as a line of a spool: JSON, and integers that JSON has no room for as marked text. */
export function spoolLine(row: unknown): string {
  return `${JSON.stringify({ v: VERSION, row }, marked)}\n`
}

function marked(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${MARK}n${value}`
  return typeof value === 'string' && value.startsWith(MARK) ? `${MARK}t${value}` : value
}

/** Reads what `spoolLine` wrote; null where it is something else, such as the half of a line. */
export function rowOfLine(line: string): { readonly row: unknown } | null {
  try {
    const read: unknown = JSON.parse(line, unmarked)
    if (typeof read !== 'object' || read === null || !('v' in read) || !('row' in read)) return null
    return read.v === VERSION ? { row: read.row } : null
  } catch {
    return null
  }
}

function unmarked(_: string, value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith(MARK)) return value
  const rest = value.slice(MARK.length + 1)
  return value[MARK.length] === 'n' ? BigInt(rest) : rest
}
