import { createReadStream } from 'node:fs'
import { rowOfLine } from './spool-line.ts'

/** What stands in a spool: rows, a batch at a time, and how many lines could not be read. */
export interface SpoolBatch {
  readonly rows: readonly unknown[]
  readonly unreadable: number
}

const LARGEST_BATCH = 500

/** Reads a spool's file from its begin to its end. */
export async function* readSpool(path: string): AsyncGenerator<SpoolBatch> {
  let rows: unknown[] = []
  let unreadable = 0
  for await (const line of linesOf(path)) {
    const read = rowOfLine(line)
    if (read) rows.push(read.row)
    else unreadable += 1
    if (rows.length < LARGEST_BATCH) continue
    yield { rows, unreadable }
    rows = []
    unreadable = 0
  }
  if (rows.length > 0 || unreadable > 0) yield { rows, unreadable }
}

/** Node's own reader of lines takes some characters within JSON for the end of a line. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  // The last line of a process that died while it wrote.
  if (rest !== '') yield rest
}
