import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What browser tokens are signed with. */
export interface TokenSecret {
  /** The secret; null where no token can have been signed here yet. */
  read(): Promise<Uint8Array | null>
  /** The same, made where there is none; null where there is no place of its own to keep one in. */
  readOrMake(): Promise<Uint8Array | null>
}

const FILE = 'token-secret'
const RANDOM_BYTES = 32

/**
 * The secret that was given, else the one in a file of the data directory, which is made when it is first needed, with
 * rights for its owner only. Never in the database: who reads a copy of that could else sign tokens.
 * @param given at least 32 characters; null where none is set
 * @param directory of the embedded database; null where the database is a server, which other replicas use too
 */
export function tokenSecret(given: string | null, directory: string | null): TokenSecret {
  let known = given === null ? null : bytesOf(given)

  async function read(): Promise<Uint8Array | null> {
    if (known === null && directory !== null) known = await readSecret(join(directory, FILE))
    return known
  }

  return {
    read,
    async readOrMake() {
      const found = await read()
      if (found !== null || directory === null) return found
      await makeSecret(directory)
      return read()
    },
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

async function readSecret(path: string): Promise<Uint8Array | null> {
  try {
    return bytesOf((await readFile(path, 'utf8')).trim())
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}

/** Written whole under another name first: nobody reads half a secret, and of two processes one wins. */
async function makeSecret(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const draft = join(directory, `${FILE}.${process.pid}.${randomBytes(4).toString('hex')}`)
  await writeFile(draft, `${randomBytes(RANDOM_BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, join(directory, FILE))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
