import { type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises'
import type { Clock } from '../../core/clock.ts'
import { spoolLine } from './spool-line.ts'
import { leave, newLiveName, TOUCH_EVERY_MS, touch, unlessMissing } from './spool-names.ts'

/** A file that rows are appended to. It is there only while there are rows in it. */
export interface SpoolFile {
  /** Appends rows; resolves when they are on disk, with the bytes that each takes. */
  append(rows: readonly unknown[]): Promise<readonly number[]>
  /** Removes it: what is in it has been written elsewhere. */
  remove(): Promise<void>
  /** Ends it as it is, for any process to write to the ledger. */
  leave(): Promise<void>
}

interface Open {
  readonly path: string
  readonly handle: FileHandle
  readonly stopTouching: () => void
}

/** Prompts may be in a row's error, answers are: only the owner may read them. */
const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
/** So many rows are made text at a time, so that a long queue does not hold up the event loop. */
const AT_ONCE = 200

/** One use at a time: the caller waits for each before the next. */
export function spoolFile(folder: string, clock: Clock): SpoolFile {
  let current: Open | null = null

  async function opened(): Promise<Open> {
    if (current) return current
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
    const path = newLiveName(folder)
    const handle = await open(path, 'ax', FILE_MODE)
    await syncFolder(folder)
    current = { path, handle, stopTouching: keepTouched(path, clock) }
    return current
  }

  async function closed(): Promise<string | null> {
    if (!current) return null
    const { path, handle, stopTouching } = current
    current = null
    stopTouching()
    await handle.close()
    return path
  }

  async function append(rows: readonly unknown[]): Promise<readonly number[]> {
    const { path, handle } = await opened()
    const sizes = await write(handle, rows)
    if (await stat(path).catch(unlessMissing)) return sizes
    // This process was held up for so long that another one took the file: these rows go to a new one.
    await closed()
    return await append(rows)
  }

  async function giveUp(): Promise<void> {
    const path = await closed()
    if (path !== null) await leave(path)
  }

  return {
    async append(rows) {
      try {
        return await append(rows)
      } catch (error) {
        // It may end in half a line, which nothing must be written behind.
        await giveUp().catch(() => {})
        throw error
      }
    },
    async remove() {
      const path = await closed()
      if (path !== null) await rm(path, { force: true })
    },
    leave: giveUp,
  }
}

async function write(handle: FileHandle, rows: readonly unknown[]): Promise<readonly number[]> {
  const sizes: number[] = []
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const lines = rows.slice(from, from + AT_ONCE).map((row) => Buffer.from(spoolLine(row)))
    await writeWhole(handle, Buffer.concat(lines))
    sizes.push(...lines.map(({ length }) => length))
  }
  await handle.datasync()
  return sizes
}

async function writeWhole(handle: FileHandle, bytes: Buffer): Promise<void> {
  let at = 0
  while (at < bytes.length) at += (await handle.write(bytes, at)).bytesWritten
}

/** A new file's name is on disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function keepTouched(path: string, clock: Clock): () => void {
  let cancel = clock.after(TOUCH_EVERY_MS, again)
  function again(): void {
    cancel = clock.after(TOUCH_EVERY_MS, again)
    // Where it is gone, the next append sees that.
    touch(path).catch(() => {})
  }
  return () => cancel()
}
