import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A process under measurement. */
export interface Child {
  readonly url: string
  /** Its resident memory, in bytes. */
  residentBytes(): number
  /** The processor time that it has used, in milliseconds. */
  cpuMs(): number
  stop(): Promise<void>
}

interface ChildOptions {
  readonly script: string
  readonly args?: readonly string[]
  readonly nodeFlags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Finds the child's URL in what it prints. */
  readonly url: RegExp
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TICKS_PER_SECOND = 100
const PAGE_BYTES = 4096

/** Starts a script of this repository with this Node and waits until it says where it listens. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { script, args = [], nodeFlags = [], env = {}, url } = options
  const child = spawn(process.execPath, [...nodeFlags, script, ...args], {
    cwd: ROOT,
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const found = await printed(child, url)
  const stat = () =>
    readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
  return {
    url: found,
    residentBytes: () => Number(stat()[21]) * PAGE_BYTES,
    cpuMs: () => ((Number(stat()[11]) + Number(stat()[12])) * 1000) / TICKS_PER_SECOND,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  }
}

function inherited(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME }
}

function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const found = pattern.exec(output)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code}: ${output}`)))
  })
}
