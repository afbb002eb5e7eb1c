import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Environment } from './environment.ts'
import { ConfigurationError } from './problem.ts'

/** The configuration file's path and what it exports; null where there is none. */
export interface ConfigFile {
  readonly path: string
  readonly content: unknown
}

const DEFAULT_NAME = 'switchyard.config.ts'
const MODULES = ['.ts', '.mts', '.js', '.mjs', '.cjs']

/**
 * Reads the file that `SWITCHYARD_CONFIG` names, else `switchyard.config.ts` where it exists.
 * @throws ConfigurationError where it can't be read
 */
export async function readConfigFile(environment: Environment): Promise<ConfigFile | null> {
  const { configFile, workingDirectory } = environment
  const path = configFile ?? resolve(workingDirectory, DEFAULT_NAME)
  if (!existsSync(path)) {
    if (configFile === null) return null
    throw new ConfigurationError([{ path: 'SWITCHYARD_CONFIG', message: `there is no file ${path}` }], null)
  }
  return { path, content: await contentOf(path) }
}

async function contentOf(path: string): Promise<unknown> {
  const type = extname(path)
  if (type !== '.json' && !MODULES.includes(type)) {
    throw new ConfigurationError([{ path: 'file', message: `name it ${MODULES.join(', ')} or .json` }], path)
  }
  try {
    if (type === '.json') return JSON.parse(await readFile(path, 'utf8'))
    const module: { readonly default?: unknown } = await import(pathToFileURL(path).href)
    return module.default
  } catch (error) {
    throw new ConfigurationError([{ path: 'file', message: `can't be read: ${reasonOf(error)}` }], path)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const isMissing = 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
  return isMissing
    ? `${error.message} (a plain default export is enough, it need not import defineConfig)`
    : error.message
}
