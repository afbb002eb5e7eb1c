import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Switchyard as `npm start` runs it. */
export interface Started {
  /** What a newcomer reads, up to the curl line. */
  readonly printed: string
  readonly url: string
  /** The key that this start made; null where there was one. */
  readonly key: string | null
  /** All it has written so far. */
  output(): string
  signal(name: 'SIGTERM' | 'SIGKILL'): void
  /** Its exit code once it ended; null after SIGKILL. */
  ended(): Promise<number | null>
}

export type Variables = Readonly<Record<string, string>>

/** Starts `src/main.ts` and waits until it serves. Nothing of this process's environment reaches it but the path. */
export async function start(variables: Variables): Promise<Started> {
  const child = run(variables)
  const output = collected(child)
  const exit = once(child, 'exit')
  await Promise.race([untilServing(child, output), exit])
  if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${output()}`)
  return {
    printed: output(),
    url: matchOf(output(), /GraphiQL\s+(\S+)/) ?? '',
    key: matchOf(output(), /API key: (sy_\S+)/),
    output,
    signal: (name) => void child.kill(name),
    async ended() {
      await exit
      return child.exitCode
    },
  }
}

/** Starts it where that should fail: its exit code and all it wrote. */
export async function startInVain(variables: Variables): Promise<{ readonly code: number; readonly output: string }> {
  const child = run(variables)
  const output = collected(child)
  await once(child, 'close')
  return { code: child.exitCode ?? -1, output: output() }
}

/** Pastes the line that begins with `curl` into a shell; what it answers. */
export async function pasted(printed: string, variables: Variables = {}): Promise<unknown> {
  const line = matchOf(printed, /^(curl .*)$/m)
  const { stdout } = await promisify(execFile)('bash', ['-c', line ?? 'false'], { env: { ...base(), ...variables } })
  return JSON.parse(stdout)
}

function run(variables: Variables): ChildProcess {
  return spawn(process.execPath, ['src/main.ts'], { cwd: ROOT, env: { ...base(), PORT: '0', ...variables } })
}

function base(): Record<string, string> {
  return { PATH: process.env.PATH ?? '' }
}

function collected(child: ChildProcess): () => string {
  let output = ''
  const collect = (chunk: Buffer) => {
    output += chunk
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return () => output
}

async function untilServing(child: ChildProcess, output: () => string): Promise<void> {
  while (!/^curl .*\n/m.test(output()) && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function matchOf(text: string, pattern: RegExp): string | null {
  return pattern.exec(text)?.[1] ?? null
}
