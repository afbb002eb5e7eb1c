import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

// The least that a gateway can do: pass bytes on. What Switchyard costs is told as a ratio to this.
const upstream = new URL(process.argv[2] ?? '')

const server = createServer((incoming, outgoing) => {
  const { hostname, port } = upstream
  const onward = request(
    {
      hostname,
      port,
      path: incoming.url,
      method: incoming.method,
      headers: { ...incoming.headers, host: upstream.host },
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    },
  )
  onward.on('error', () => outgoing.destroy())
  outgoing.on('close', () => onward.destroy())
  incoming.pipe(onward)
})

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`Relay on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
