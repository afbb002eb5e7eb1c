import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { bad, type Check, good } from './check.ts'

/** Whether the embedded database can write, or make, its folder. */
export async function checkDataDirectory(directory: string): Promise<Check> {
  const existing = await nearestExisting(directory)
  try {
    await access(existing, constants.W_OK | constants.X_OK)
    return good('Data directory', directory)
  } catch {
    return bad('Data directory', `${existing} can't be written to: change its rights or set SWITCHYARD_DATA_DIR`)
  }
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function nearestExisting(path: string): Promise<string> {
  return (await exists(path)) || path === dirname(path) ? path : nearestExisting(dirname(path))
}
