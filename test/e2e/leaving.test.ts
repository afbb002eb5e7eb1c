import { connect } from 'node:net'
import { createClient } from 'graphql-sse'
import { beforeAll, expect, it } from 'vitest'
import { countTokens } from '../../src/catalog/count-tokens.ts'
import type { LogEntry } from '../../src/simulator/request-log.ts'
import type { Call } from './answers.ts'
import { type Client, eventually, type Input } from './client.ts'
import { COMPLETE, STREAM } from './documents.ts'
import { describeHouse, type House, newTag } from './harness.ts'
import { picodollars } from './money.ts'
import { present } from './present.ts'
import { MODELS, PROVIDER_NAMES, priced, together } from './settings.ts'

/** How long it may take until the provider’s request is closed, in milliseconds: 100, and the rest for a busy machine. */
const CLOSED_WITHIN_MS = 400

const TAGS = Array.from({ length: 20 }, newTag)
const slow = (tag: string, name: keyof typeof MODELS = 'openai') => `${MODELS[name]}+slow=30+words=300+tag=${tag}`
const models = together(TAGS.flatMap((tag) => PROVIDER_NAMES.map((name) => priced(slow(tag, name)))))
const config = () => ({ models })

/** A way of going away from a stream that has begun to bring text. */
type Leaving = (house: House, client: Client, input: Input) => Promise<void>

const WAYS: Readonly<Record<string, Leaving>> = {
  async 'fetch, aborted'(_house, client, input) {
    const stream = await client.stream(input)
    await stream.until('TextDelta')
    stream.leave()
  },
  async 'a socket, destroyed'(house, client, input) {
    const socket = await rawRequest(house, client, { query: STREAM, variables: { input } }, 'text/event-stream')
    await seen(socket, 'TextDelta')
    socket.destroy()
  },
  async 'a socket, ended'(house, client, input) {
    const socket = await rawRequest(house, client, { query: STREAM, variables: { input } }, 'text/event-stream')
    await seen(socket, 'TextDelta')
    socket.end()
  },
  async 'graphql-sse, disposed'(house, client, input) {
    const sse = createClient({
      url: house.url,
      singleConnection: false,
      headers: { authorization: `Bearer ${client.secret}` },
      retryAttempts: 0,
    })
    for await (const { data } of sse.iterate({ query: STREAM, variables: { input } })) {
      if (JSON.stringify(data).includes('TextDelta')) break
    }
    sse.dispose()
  },
}

// The tokenizer, loaded with the first count, holds up the one event loop that here is also the simulator's.
beforeAll(async () => void (await countTokens('of what a call had sent when it was left')))

describeHouse('a client that leaves', { config }, (house) => {
  it.each(Object.entries(WAYS))('mid-stream by %s ends the provider’s request at once', async (_way, leave) => {
    const tag = present(TAGS.pop())
    const client = await house().client()
    await leave(house(), client, { model: slow(tag), prompt: 'Hi' })
    const left = Date.now()
    expect((await closedAt(house(), tag)) - left).toBeLessThan(CLOSED_WITHIN_MS)
    expectUsed(await onlyCall(client))
  })

  it.each(PROVIDER_NAMES)('ends the request to %s, and what was used is in the ledger', async (name) => {
    const tag = present(TAGS.pop())
    const client = await house().client()
    const stream = await client.stream({ model: slow(tag, name), prompt: 'Hi' })
    const { callId } = await stream.until('TextDelta')
    stream.leave()
    const left = Date.now()
    expect((await closedAt(house(), tag)) - left).toBeLessThan(CLOSED_WITHIN_MS)
    expectUsed(await client.ended(callId))
  })

  it.each(['+words=300+slow=30', '+silent', '+headers=5000', '+first-token=5000'])(
    'from a mutation ends the provider’s request: %s',
    async (behaviour) => {
      const tag = newTag()
      const client = await house().client()
      const controller = new AbortController()
      const gone = client.complete(
        { model: `openai/gpt-5-mini${behaviour}+tag=${tag}`, prompt: 'Hi' },
        controller.signal,
      )
      await requestUnderWay(house(), tag)
      controller.abort()
      const left = Date.now()
      await expect(gone).rejects.toThrow(/abort/i)
      expect((await closedAt(house(), tag)) - left).toBeLessThan(CLOSED_WITHIN_MS)
      const call = await onlyCall(client)
      expect(call).toMatchObject({ status: 'CANCELLED', attempts: [{ outcome: 'CANCELLED' }] })
    },
  )

  it('from a mutation over a raw socket is noticed too', async () => {
    const tag = present(TAGS.pop())
    const client = await house().client()
    const variables = { input: { model: slow(tag), prompt: 'Hi' } }
    const socket = await rawRequest(house(), client, { query: COMPLETE, variables }, 'application/json')
    await requestUnderWay(house(), tag)
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.destroy()
    const left = Date.now()
    expect((await closedAt(house(), tag)) - left).toBeLessThan(CLOSED_WITHIN_MS)
    expectUsed(await onlyCall(client))
  })

  it('while its call waits to try again sends nothing more', async () => {
    const tag = newTag()
    const client = await house().client()
    const stream = await client.stream({ model: `openai/gpt-5-mini+429-after=1+tag=${tag}`, prompt: 'Hi' })
    const { callId } = await stream.until('AttemptFailed')
    stream.leave()
    const call = await client.ended(callId)
    expect(call).toMatchObject({ status: 'CANCELLED', cost: { totalUsd: '0' } })
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    expect(await house().requests(tag)).toHaveLength(1)
  })

  it('right after it asked leaves nothing behind', async () => {
    const client = await house().client()
    const tag = newTag()
    for (const wait of [0, 1, 2, 5, 10, 20]) {
      const controller = new AbortController()
      const gone = client.complete({ model: `openai/gpt-5-mini+silent+tag=${tag}`, prompt: 'Hi' }, controller.signal)
      await new Promise((resolve) => setTimeout(resolve, wait))
      controller.abort()
      await expect(gone).rejects.toThrow(/abort/i)
    }
    await house().requestsOver(tag)
    await eventually(async () => {
      const { edges } = await client.calls()
      return edges.every(({ node }) => node.status === 'CANCELLED') ? edges : null
    })
  })
})

describeHouse('cancelCall', { config }, (house) => {
  it('ends a call under way, whose stream says so', async () => {
    const tag = present(TAGS.pop())
    const client = await house().client()
    const stream = await client.stream({ model: slow(tag), prompt: 'Hi' })
    const { callId } = await stream.until('TextDelta')
    const cancelled = await client.cancel(callId)
    const events = await stream.all()
    expectUsed(cancelled as Call)
    expect(events.at(-1)).toMatchObject({
      __typename: 'CompletionFailed',
      error: { __typename: 'CancelledError', callId },
    })
    expect(events.at(-2)).toMatchObject({
      __typename: 'AttemptFailed',
      attempt: { outcome: 'CANCELLED' },
      willContinue: false,
    })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(await client.call(callId)).toEqual(cancelled)
    await house().requestsOver(tag)
  })

  it('ends a mutation under way', async () => {
    const tag = newTag()
    const client = await house().client()
    const result = client.refusal({ model: `openai/gpt-5-mini+silent+tag=${tag}`, prompt: 'Hi' })
    await requestUnderWay(house(), tag)
    const { edges } = await eventually(async () => {
      const page = await client.calls()
      return page.edges.length > 0 ? page : null
    })
    const call = present(edges[0]).node
    expect(call).toMatchObject({ status: 'RUNNING', finishedAt: null, latency: null })
    await client.cancel(call.id)
    expect(await result).toMatchObject({ __typename: 'CancelledError', callId: call.id })
  })

  it('leaves a call that has ended as it was', async () => {
    const client = await house().client()
    const { callId } = await client.answer({ model: `openai/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi' })
    const before = await client.call(callId)
    expect(await client.cancel(callId)).toEqual(before)
    expect(before?.status).toBe('SUCCEEDED')
  })

  it('does not know calls of other projects, nor what is no call', async () => {
    const tag = present(TAGS.pop())
    const [client, stranger] = [await house().client(), await house().client()]
    const stream = await client.stream({ model: slow(tag), prompt: 'Hi' })
    const { callId } = await stream.until('TextDelta')
    for (const id of [callId, 'no-uuid', '00000000-0000-7000-8000-000000000000', '']) {
      expect(await stranger.cancel(id)).toMatchObject({ __typename: 'NotFoundError' })
    }
    // Its row follows the answer's begin by a moment.
    expect(await eventually(() => client.call(callId))).toMatchObject({ status: 'RUNNING' })
    expect(await stranger.call(callId)).toBeNull()
    stream.leave()
    await client.ended(callId)
  })

  it('needs a key that may complete', async () => {
    const reader = await house().client({ scopes: ['read'] })
    const { data, errors } = await reader.post('mutation { cancelCall(id: "x") { __typename } }')
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })
})

function expectUsed(call: Call) {
  expect(call).toMatchObject({
    status: 'CANCELLED',
    attempts: [{ outcome: 'CANCELLED', usage: { estimated: true } }],
  })
  expect(call.usage.outputTokens).toBeGreaterThan(0)
  expect(call.usage.outputTokens).toBeLessThan(200)
  expect(picodollars(call.cost.totalUsd)).toBeGreaterThan(0n)
  expect(call.cost.totalUsd).toBe(call.attempts[0]?.costUsd)
}

/** The one call of a client that has made no other, after its end. */
async function onlyCall(client: Client): Promise<Call> {
  const { edges } = await eventually(async () => {
    const page = await client.calls()
    return page.edges.length > 0 ? page : null
  })
  expect(edges).toHaveLength(1)
  return await client.ended(present(edges[0]).node.id)
}

/** When the only request of this tag was closed by the gateway, in milliseconds since 1970. */
async function closedAt(house: House, tag: string): Promise<number> {
  const [request, ...more] = await house.requestsOver(tag)
  expect(more).toEqual([])
  const { time, clientClosedAfterMs } = present(request)
  return Date.parse(time) + present(clientClosedAfterMs)
}

function requestUnderWay(house: House, tag: string): Promise<LogEntry> {
  return eventually(async () => (await house.requests(tag))[0] ?? null)
}

async function rawRequest(house: House, client: Client, body: unknown, accept: string) {
  const { hostname, port } = new URL(house.url)
  const socket = connect(Number(port), hostname)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const text = JSON.stringify(body)
  const lines = [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${client.secret}`,
    `accept: ${accept}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n${text}`)
  return socket
}

function seen(socket: ReturnType<typeof connect>, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let all = ''
    socket.on('data', (chunk) => {
      all += chunk
      if (all.includes(text)) resolve()
    })
    socket.once('close', () => reject(new Error(`closed before ${text}: ${all}`)))
  })
}
