import { randomUUID } from 'node:crypto'
import { readdir, rename, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A spool's file is `<name>.live` while its process has it, and `<name>.left` once it is anybody's to write to the
 * ledger. Whoever does makes it his own by a new name, which only one can.
 */
const LIVE = '.live'
const LEFT = '.left'

/** How often a process says that its file is not left, in milliseconds. */
export const TOUCH_EVERY_MS = 5_000
/** A live file that nobody has touched for so long was left by a process that died. */
const STALE_MS = 30_000

export function newLiveName(folder: string): string {
  return join(folder, `${randomUUID()}${LIVE}`)
}

/** Says that a live file still has its process. */
export async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now)
}

/** Gives a live file up, for any process to take. */
export async function leave(path: string): Promise<void> {
  await rename(path, path.slice(0, -LIVE.length) + LEFT).catch(unlessMissing)
}

/** Takes one of the files that are nobody's; null where there is none. */
export async function takeLeft(folder: string): Promise<string | null> {
  for (const name of (await readdir(folder).catch(unlessMissing)) ?? []) {
    const path = join(folder, name)
    if (!(name.endsWith(LEFT) || (name.endsWith(LIVE) && (await isStale(path))))) continue
    const mine = newLiveName(folder)
    try {
      await rename(path, mine)
      await touch(mine)
      return mine
    } catch (error) {
      // Another process was faster.
      unlessMissing(error)
    }
  }
  return null
}

async function isStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(unlessMissing)
  return found !== undefined && Date.now() - found.mtimeMs > STALE_MS
}

export function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
