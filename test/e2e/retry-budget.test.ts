import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { describeHouse, openReplica } from './harness.ts'
import { provider } from './settings.ts'

/** A provider that fails every third request: not enough to open a circuit, and more than the budget lets retry. */
async function everyThirdFails() {
  let requests = 0
  const server = createServer((request, response) => {
    request.resume()
    requests += 1
    if (requests % 3 === 0) response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{}}')
    else sayHello(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function sayHello(response: ServerResponse): void {
  const chunk = (delta: object, reason: string | null) => {
    const choices = [{ index: 0, delta, finish_reason: reason }]
    return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices })}\n\n`
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(`${chunk({ content: 'Hello' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`)
}

const CALLS = 240

describeHouse('the budget for retries', {}, (house) => {
  it('keeps a failing provider from more than a fifth of requests on top', async () => {
    const failing = await everyThirdFails()
    const providers = provider('failing', failing.url, { driver: 'openai-compatible' })
    const furniture = { config: () => ({ providers }), random: () => 0 }
    const replica = await openReplica(house().database, house().simulator, furniture)
    try {
      const client = await replica.client()
      const attempts: number[] = []
      for (let calls = 0; calls < CALLS; calls += 8) {
        const some = Array.from({ length: 8 }, () => client.complete({ model: 'failing/m', prompt: 'Hi' }))
        for (const end of await Promise.all(some)) attempts.push(end.attempts?.length ?? 0)
      }
      const requests = failing.requests()
      const retries = requests - CALLS
      expect(attempts.reduce((sum, count) => sum + count, 0)).toBe(requests)
      expect(retries).toBeGreaterThan(10)
      expect(retries).toBeLessThanOrEqual(0.2 * requests)
      // A third of all failed: with a retry for each there would have been more.
      expect(Math.floor(requests / 3)).toBeGreaterThan(retries)
    } finally {
      await replica.close()
      failing.close()
    }
  })
})
