import { getIntrospectionQuery } from 'graphql'
import { describe, expect, it } from 'vitest'
import { KEY, openDoor, rawConnection, rawPost, readUntil } from './open-door.ts'

type Json = { data?: unknown; errors?: { message: string; extensions?: Record<string, unknown> }[] }
const json = async (response: Response): Promise<Json> => (await response.json()) as Json

describe('the body', () => {
  const query = 'mutation ($prompt: String!) { complete(input: { model: "chat", prompt: $prompt }) { __typename } }'

  it('is refused above the limit, with an error that says so', async () => {
    const { post, house } = await openDoor()
    expect((await post(query, { variables: { prompt: 'x'.repeat(90_000) } })).status).toBe(200)
    const response = await post(query, { variables: { prompt: 'x'.repeat(100_000) } })
    expect(response.status).toBe(413)
    expect(await json(response)).toEqual({
      errors: [
        {
          message: "The request's body is larger than 100000 bytes.",
          extensions: { code: 'REQUEST_TOO_LARGE', limit: 100_000 },
        },
      ],
    })
    expect(house.asked.incoming).toHaveLength(1)
  })

  it('is read up to the limit only where its length is not declared', async () => {
    const { url } = await openDoor()
    const chunked = (bytes: number) => {
      const body = JSON.stringify({ query, variables: { prompt: 'x'.repeat(bytes) } })
      const chunks = new ReadableStream({
        start(controller) {
          for (let at = 0; at < body.length; at += 1_000) controller.enqueue(Buffer.from(body.slice(at, at + 1_000)))
          controller.close()
        },
      })
      const headers = { 'content-type': 'application/json', authorization: KEY }
      return fetch(url, { method: 'POST', headers, body: chunks, duplex: 'half' } as RequestInit)
    }
    const fits = await chunked(50_000)
    expect(fits.status).toBe(200)
    expect(await json(fits)).toEqual({ data: { complete: { __typename: 'Completion' } } })
    expect((await chunked(200_000)).status).toBe(413)
  })

  it('is not waited for: whoever goes on sending is cut off', async () => {
    const { url } = await openDoor()
    const socket = await rawConnection(url, rawPost('{ __typename }', { 'content-length': '50000000' }))
    expect(await readUntil(socket, 'REQUEST_TOO_LARGE')).toContain('413')
    const before = performance.now()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(performance.now() - before).toBeLessThan(3_000)
  })

  it.each(['', '{', '[]', 'null', '"x"', '{"query": 5}'])('that is %j gets a clear 400', async (body) => {
    const { url } = await openDoor()
    const headers = { 'content-type': 'application/json', authorization: KEY }
    const response = await fetch(url, { method: 'POST', headers, body })
    expect(response.status).toBe(400)
    expect((await json(response)).errors).toHaveLength(1)
  })
})

describe('limits of a query', () => {
  const refusal = async (response: Response) => (await json(response)).errors?.map((error) => error.extensions?.code)

  it('refuses depth, through fragments too', async () => {
    const { post } = await openDoor({ limits: { depth: 5 } })
    expect(await refusal(await post('{ calls { edges { node { cost { totalUsd } } } } }'))).toBeUndefined()
    expect(await refusal(await post('{ calls { edges { node { attempts { usage { estimated } } } } } }'))).toEqual([
      'QUERY_TOO_DEEP',
    ])
    const hidden =
      '{ calls { ...A } } fragment A on CallConnection { edges { ...B } } fragment B on CallEdge { node { attempts { usage { estimated } } } }'
    expect(await refusal(await post(hidden))).toEqual(['QUERY_TOO_DEEP'])
  })

  it('refuses 200 levels of nesting, of fields and of values', async () => {
    const { post } = await openDoor()
    const fields = `${'{ a '.repeat(200)}${'}'.repeat(200)}`
    expect(await refusal(await post(fields))).toContain('QUERY_TOO_DEEP')
    const values = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    const literal = `mutation { complete(input: { model: "chat", providerOptions: ${values} }) { __typename } }`
    expect(await refusal(await post(literal))).toEqual([expect.stringMatching(/^QUERY_TOO_(LONG|DEEP)$/)])
  })

  it('refuses aliases, tokens and cost, each with its limit', async () => {
    const { post } = await openDoor({ limits: { aliases: 3, tokens: 60, cost: 500 } })
    const aliases = await json(
      await post(
        '{ a: __typename b: __typename c: viewer { project } d: viewer { project } e: viewer { project } f: viewer { project } }',
      ),
    )
    expect(aliases.errors?.[0]).toMatchObject({
      message: 'The query has more than 3 aliases. Ask for less, or in several requests.',
      extensions: { code: 'QUERY_TOO_MANY_ALIASES', limit: 3 },
    })
    expect(await refusal(await post(`{ ${'__typename '.repeat(80)} }`))).toEqual(['QUERY_TOO_LONG'])
    expect(await refusal(await post('{ calls(first: 200) { edges { node { id status } } } }'))).toEqual([
      'QUERY_TOO_COSTLY',
    ])
  })

  it('lets the queries of a frontend and of GraphiQL through with the standard limits', async () => {
    const { post } = await openDoor()
    const introspection = await json(
      await post(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true })),
    )
    expect(introspection.errors).toBeUndefined()
    const page = `{ calls(first: 200) { edges { cursor node { id status createdAt finishedAt requestedModel provider model error
      usage { inputTokens outputTokens } cost { totalUsd wastedUsd } latency { totalMs firstTokenMs } tags { key value }
      attempts { number provider model outcome error errorKind durationMs costUsd } } } pageInfo { hasNextPage endCursor } } }`
    expect((await json(await post(page))).errors).toBeUndefined()
  })

  it('refuses a list of queries', async () => {
    const { url } = await openDoor()
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify([{ query: '{ __typename }' }]) })
    expect(response.status).toBe(400)
  })

  it('shows no schema where introspection is off', async () => {
    const { post } = await openDoor({ introspection: false })
    const { errors } = await json(await post('{ __schema { queryType { name } } }'))
    expect(errors?.[0]?.message).toContain('introspection')
    expect(await json(await post('{ __typename viewer { project } }'))).toEqual({
      data: { __typename: 'Query', viewer: { project: 'web' } },
    })
  })
})

describe('errors', () => {
  const complete = (model: string) => `mutation { complete(input: { model: "${model}", prompt: "Hi" }) { __typename } }`

  it('are masked, with a reference under which the log has them', async () => {
    const { post, log } = await openDoor()
    const response = await post(complete('broken'))
    const { errors, data } = await json(response)
    expect(data).toBeNull()
    const reference = errors?.[0]?.extensions?.reference
    expect(reference).toMatch(/^[0-9a-f-]{36}$/)
    expect(errors).toMatchObject([
      {
        message: `Something went wrong on our side. Reference: ${reference}`,
        extensions: { code: 'INTERNAL_SERVER_ERROR', reference },
        path: ['complete'],
      },
    ])
    expect(log.find((line) => line.reference === reference)).toMatchObject({
      level: 'error',
      err: { message: 'the inside of the house' },
    })
  })

  it('say that the database is away, and when to come back', async () => {
    const { post, log } = await openDoor()
    const extensions = { code: 'SERVICE_UNAVAILABLE', retryable: true, retryAfterMs: 1000 }
    const inside = await json(await post(complete('away')))
    expect(inside.errors?.[0]).toMatchObject({ message: expect.stringContaining('try again'), extensions })
    const atTheDoor = await post('{ viewer { project } }', { headers: { authorization: 'Bearer sy_no-database' } })
    expect(atTheDoor.status).toBe(503)
    expect(atTheDoor.headers.get('retry-after')).toBe('1')
    expect((await json(atTheDoor)).errors?.[0]).toMatchObject({ extensions })
    expect(JSON.stringify([inside, log])).not.toContain('sy_no-database')
  })

  it('of an unusual request show no insides', async () => {
    const { url } = await openDoor()
    for (const host of ['a b', '[', '%', '']) {
      const socket = await rawConnection(url, rawPost('{ __typename }', { host, connection: 'close' }))
      const answer = await readUntil(socket, 'never')
      expect(answer).toMatch(/^HTTP\/1.1 (200|400) /)
      expect(answer).not.toContain('node_modules')
    }
  })
})

describe('who asks', () => {
  it('is looked up once a request', async () => {
    const { post, authorizations } = await openDoor()
    await post('{ viewer { project } models { id } calls(first: 3) { edges { node { id attempts { number } } } } }')
    expect(authorizations).toEqual([KEY])
  })

  it('may be nobody, and then learns what to send', async () => {
    const { post } = await openDoor()
    const { errors } = await json(
      await post('{ viewer { project } }', { headers: { authorization: 'Bearer sy_wrong' } }),
    )
    expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' })
  })
})
