import { promisify } from 'node:util'
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'

const compressAside = promisify(zstdCompress)
const decompressAside = promisify(zstdDecompress)

/** As the column `encoding` has it. */
export const ENCODING = 'zstd'

/** Level 3: half the time of gzip for the same size; higher levels cost twice as much for 2 % less. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

/** More than any content that is written. */
const MOST_BYTES = 64 * 1024 * 1024

/**
 * What is longer goes to a thread of Node's own. To hand it over costs some 0.4 ms; up to here it is quicker done at once,
 * in a quarter of a millisecond at most.
 */
const AT_ONCE_BYTES = 48 * 1024

export async function compress(text: string): Promise<Buffer> {
  return text.length <= AT_ONCE_BYTES ? zstdCompressSync(text, LEVEL) : await compressAside(text, LEVEL)
}

/**
 * @param size of the content
 * @throws Error where it is no such content
 */
export async function decompress(bytes: Uint8Array, size: number): Promise<string> {
  const limits = { maxOutputLength: MOST_BYTES }
  const content = size <= AT_ONCE_BYTES ? zstdDecompressSync(bytes, limits) : await decompressAside(bytes, limits)
  return content.toString()
}
