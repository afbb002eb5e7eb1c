import { mkdir, rename, rm, stat } from 'node:fs/promises'

/** A lock is held for a moment only; one that is older than this was left by a process that died. */
const STALE_MS = 15_000

/**
 * Takes a lock between processes, which is a folder that only one of them can make.
 * @returns how to give it back; null where another process holds it
 */
export async function takeLock(path: string): Promise<(() => Promise<void>) | null> {
  try {
    await mkdir(path)
    return () => rm(path, { recursive: true, force: true })
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
    await removeStale(path)
    return null
  }
}

async function removeStale(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs < STALE_MS) return
    // Only one process can rename it, so two that find it stale don't both remove what the faster one then makes.
    const aside = `${path}.${process.pid}`
    await rename(path, aside)
    await rm(aside, { recursive: true, force: true })
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
