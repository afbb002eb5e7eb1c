import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../src/simulator/main.ts', import.meta.url))

it('prints its URL, answers at the speed of its flags, and ends on SIGTERM, streams or not', async () => {
  const child = spawn(process.execPath, [MAIN, '--port', '0', '--chunk-delay-ms', '15'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [printed] = await once(child.stdout, 'data')
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(printed))?.[0]
    const startedAt = performance.now()
    const ask = (model: string) =>
      fetch(`${url}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-simulated' },
        body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Say exactly: a b c d' }] }),
      })
    expect(await (await ask('m')).text()).toContain('[DONE]')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(3 * 14)
    const stalled = expect((await ask('m+stall')).text()).rejects.toThrow()
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    await stalled
  } finally {
    child.kill('SIGKILL')
  }
})
