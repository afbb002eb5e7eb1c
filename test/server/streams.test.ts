import { createClient } from 'graphql-sse'
import { describe, expect, it } from 'vitest'
import { KEY, openDoor, rawConnection, rawPost, readUntil, SLOW_KEY } from './open-door.ts'

const stream = (model: string) =>
  `subscription { completionStream(input: { model: "${model}", prompt: "Hi" }) { seq __typename } }`

describe('server-sent events', () => {
  it('reach the graphql-sse client in distinct connections mode', async () => {
    const { url } = await openDoor()
    const client = createClient({ url, singleConnection: false, headers: { authorization: KEY }, retryAttempts: 0 })
    const seen: unknown[] = []
    for await (const { data } of client.iterate({ query: stream('chat') })) seen.push(data?.completionStream)
    expect(seen).toHaveLength(8)
    expect(seen.at(-2)).toEqual({ seq: 7, __typename: 'CompletionFinished' })
    client.dispose()
  })

  it.each([{ accept: 'text/event-stream' }, { accept: '*/*' }])('reach plain fetch with %j', async (headers) => {
    const { post } = await openDoor()
    const response = await post(stream('chat'), { headers })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(response.headers.get('cache-control')).toContain('no-cache')
    const text = await response.text()
    expect(text.match(/^event: next$/gm)).toHaveLength(8)
    expect(text.match(/^event: complete$/gm)).toHaveLength(1)
    expect(text).toContain('data: {"data":{"completionStream":{"seq":1,"__typename":"CompletionStarted"}}}')
  })

  it('come one by one as they happen, and pings while nothing does', async () => {
    const { url } = await openDoor()
    const socket = await rawConnection(url, rawPost(stream('endless'), { accept: 'text/event-stream' }))
    expect(await readUntil(socket, 'AttemptStarted')).toContain('CompletionStarted')
    // Every 12 s, but faster where NODE_ENV is `test`, as it is here.
    expect(await readUntil(socket, ':\n\n')).toContain(':\n\n')
    socket.destroy()
  })

  it('tell of an error in the middle without its insides, and end', async () => {
    const { post, log } = await openDoor()
    const text = await (await post(stream('broken'), { headers: { accept: 'text/event-stream' } })).text()
    expect(text.match(/^event: next$/gm)).toHaveLength(3)
    expect(text).toContain('Something went wrong on our side. Reference: ')
    expect(text).not.toContain('the inside of the house')
    expect(text).toContain('event: complete')
    expect(log.filter((line) => line.level === 'error')).toHaveLength(1)
  })
})

describe('a client that goes away', () => {
  it('is noticed within milliseconds while its stream is idle', async () => {
    const { url, house } = await openDoor()
    const socket = await rawConnection(url, rawPost(stream('endless'), { accept: 'text/event-stream' }))
    await readUntil(socket, 'AttemptStarted')
    const before = performance.now()
    socket.destroy()
    expect((await house.left) - before).toBeLessThan(100)
  })

  it.each(['end', 'destroy'] as const)('is noticed while its key is looked up, by %s()', async (way) => {
    const { url, house } = await openDoor()
    const headers = { accept: 'text/event-stream', authorization: SLOW_KEY }
    const socket = await rawConnection(url, rawPost(stream('endless'), headers))
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket[way]()
    expect(await house.left).toBeGreaterThan(0)
  })

  it('is noticed where it only ends its side of the connection, as a browser or curl does', async () => {
    const { url, house } = await openDoor()
    const socket = await rawConnection(url, rawPost(stream('endless'), { accept: 'text/event-stream' }))
    await readUntil(socket, 'AttemptStarted')
    const before = performance.now()
    socket.end()
    expect((await house.left) - before).toBeLessThan(100)
  })

  it('is not given a stream that it does not accept, and the call is left', async () => {
    const { post, house } = await openDoor()
    const response = await post(stream('endless'), { headers: { accept: 'application/json' } })
    expect(response.status).toBe(406)
    expect(await house.left).toBeGreaterThan(0)
  })

  it('is noticed where graphql-sse disposes of its subscription', async () => {
    const { url, house } = await openDoor()
    const client = createClient({ url, singleConnection: false, headers: { authorization: KEY }, retryAttempts: 0 })
    const events = client.iterate({ query: stream('endless') })
    await events.next()
    await events.next()
    const before = performance.now()
    await events.return?.()
    expect((await house.left) - before).toBeLessThan(100)
    client.dispose()
  })

  it('is noticed within milliseconds while its mutation runs', async () => {
    const { post, house } = await openDoor()
    const controller = new AbortController()
    const query = 'mutation { complete(input: { model: "endless", prompt: "Hi" }) { __typename } }'
    const response = post(query, { signal: controller.signal })
    while (house.asked.incoming.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const before = performance.now()
    controller.abort()
    await expect(response).rejects.toThrow()
    expect((await house.left) - before).toBeLessThan(100)
  })

  it('does not count as gone when it has its answer and closes its connection', async () => {
    const { url, house } = await openDoor()
    const query = 'mutation { complete(input: { model: "chat", prompt: "Hi" }) { __typename } }'
    const socket = await rawConnection(url, rawPost(query))
    await readUntil(socket, 'Completion')
    socket.destroy()
    const gone = await Promise.race([house.left, new Promise((resolve) => setTimeout(resolve, 100))])
    expect(gone).toBeUndefined()
  })
})

describe('close()', () => {
  it('lets running requests end, refuses new ones, and cuts off what takes too long', async () => {
    const { url, house, server } = await openDoor({ drainMs: 300 })
    const socket = await rawConnection(url, rawPost(stream('endless'), { accept: 'text/event-stream' }))
    await readUntil(socket, 'AttemptStarted')
    const before = performance.now()
    await server.close()
    const took = performance.now() - before
    expect(took).toBeGreaterThan(250)
    expect(took).toBeLessThan(2_000)
    expect(await house.left).toBeGreaterThan(before)
    await expect(fetch(url)).rejects.toThrow()
  })

  it('does not wait for connections on which nothing happens', async () => {
    const { url, server, post } = await openDoor({ drainMs: 20_000 })
    await (await post('{ __typename }')).text()
    const silent = await rawConnection(url, '')
    const before = performance.now()
    await Promise.all([server.close(), server.close()])
    expect(performance.now() - before).toBeLessThan(2_000)
    silent.destroy()
  })
})
