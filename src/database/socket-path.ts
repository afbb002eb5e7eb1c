import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, its end mark included. */
const LONGEST = 100
const SOCKET = '.s.PGSQL.5432'

/**
 * Where the embedded database of a folder listens: in the folder itself, or, where that path is too long for a Unix
 * socket, in a private folder for temporary files whose name follows from the folder's.
 * @throws Error where that private folder is somebody else's
 */
export function socketPath(directory: string): string {
  const absolute = resolve(directory)
  const inside = join(absolute, SOCKET)
  if (Buffer.byteLength(inside) <= LONGEST) return inside
  const name = createHash('sha256').update(absolute).digest('hex').slice(0, 24)
  const folder = join(tmpdir(), `switchyard-${name}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  refuseForeign(folder)
  return join(folder, SOCKET)
}

/** Anybody may make a folder among the temporary files, so its owner and rights are checked before it is trusted. */
function refuseForeign(folder: string): void {
  const found = lstatSync(folder)
  const mine = process.getuid === undefined || found.uid === process.getuid()
  if (found.isDirectory() && mine && (found.mode & 0o077) === 0) return
  throw new Error(`${folder} is not a private folder of this user; remove it or choose a shorter data directory`)
}
