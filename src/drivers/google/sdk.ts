import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'
import type { Fetch } from '../../core/driver.ts'

type Sdk = typeof import('@google/generative-ai')

/** The SDK's module as a function of what it finds around it. */
type SdkModule = (exports: Partial<Sdk>, require: NodeJS.Require, fetch: Fetch) => void

let compiled: { readonly run: SdkModule; readonly require: NodeJS.Require } | null = null

/**
 * Google's SDK with a fetch of its own. The SDK has no option for one: it calls whatever `fetch` its module sees, which is
 * the global one. Its CommonJS file is therefore run as a function with `fetch` among its parameters, so that nothing
 * global is touched and nothing else in the process sees another `fetch`. The file is read and compiled once; a run of it
 * takes some 20 µs, little enough for one per request.
 */
export function googleSdk(fetch: Fetch): Sdk {
  compiled ??= compile()
  const exports: Partial<Sdk> = {}
  compiled.run(exports, compiled.require, fetch)
  return exports as Sdk
}

function compile() {
  const require = createRequire(import.meta.url)
  const filename = require.resolve('@google/generative-ai')
  const parameters = ['exports', 'require', 'fetch']
  const run = compileFunction(readFileSync(filename, 'utf8'), parameters, { filename }) as SdkModule
  return { run, require }
}
