import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { describePostgres, embeddedPlace } from '../support/database.ts'
import { clientOf, eventually } from './client.ts'
import { leapingClock, openReplica } from './harness.ts'
import { present } from './present.ts'
import { pasted, type Started, start, startInVain, type Variables } from './process.ts'

let folder: string
const places: Awaited<ReturnType<typeof embeddedPlace>>[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-start-'))
})
afterAll(async () => {
  await Promise.all(places.map((place) => place.remove()))
  await rm(folder, { recursive: true, force: true })
})

const running: Started[] = []
afterEach(async () => {
  for (const each of running.splice(0)) {
    each.signal('SIGKILL')
    await each.ended()
  }
})

async function started(variables: Variables): Promise<Started> {
  const process = await start(variables)
  running.push(process)
  return process
}

/** A folder with an empty, migrated ledger, so that a start takes no time. */
async function dataDirectory(): Promise<string> {
  const place = await embeddedPlace()
  places.push(place)
  return present(place.settings.type === 'embedded' ? place.settings.directory : null)
}

const slow = (words: number) => `sim-openai/gpt-5-mini+slow=30+words=${words}`

// The first start makes the files of an embedded database, which takes long where the machine is busy.
describe('a start with nothing set', { timeout: 120_000 }, () => {
  it('says all that a newcomer needs, once, and keeps what was done', async () => {
    const data = { SWITCHYARD_DATA_DIR: await mkdtemp(join(folder, 'first-')) }
    const first = await started(data)
    const key = present(first.key)
    expect(first.printed).toMatch(/SIMULATOR/)
    expect(first.printed.match(new RegExp(`API key: ${key}`, 'g'))).toHaveLength(1)
    expect(first.printed).toMatch(/\/graphql$/m)
    expect(await pasted(first.printed)).toMatchObject({
      data: {
        complete: {
          __typename: 'Completion',
          text: expect.stringMatching(/sky/i),
          cost: { totalUsd: expect.stringMatching(/\d/) },
        },
      },
    })
    const query = 'subscription { completionStream(input: { model: "chat", prompt: "Hi" }) { __typename seq } }'
    const headers = "-H 'accept: text/event-stream' -H 'content-type: application/json'"
    const stream = `curl -sN ${first.url} ${headers} -H 'authorization: Bearer ${key}' -d '${JSON.stringify({ query })}'`
    expect(await pasted(`${stream} | grep -c 'event: next'`)).toBeGreaterThan(3)
    first.signal('SIGTERM')
    expect(await first.ended()).toBe(0)

    const second = await started(data)
    expect(second.key).toBeNull()
    expect(second.output()).not.toContain(key)
    const { edges } = await clientOf(second.url, key).calls()
    expect(edges).toHaveLength(2)
    expect(edges[1]).toMatchObject({ node: { status: 'SUCCEEDED', requestedModel: 'chat' } })
    expect(await pasted(second.printed, { SWITCHYARD_API_KEY: key })).toMatchObject({
      data: { complete: { __typename: 'Completion' } },
    })
  })
})

describe('a start with settings', () => {
  it('has the providers whose keys are set, and no simulator', async () => {
    const keys = { ANTHROPIC_API_KEY: 'sk-not-a-key', OPENAI_API_KEY: 'not-a-key' }
    const server = await started({ SWITCHYARD_DATA_DIR: await dataDirectory(), ...keys })
    expect(server.printed).not.toMatch(/SIMULATOR/)
    expect(server.output()).not.toContain('not-a-key')
    const client = clientOf(server.url, present(server.key))
    const { data } = await client.post<{ providers: { name: string }[] }>('{ providers { name } }')
    expect(data?.providers.map(({ name }) => name)).toEqual(['openai', 'anthropic'])
    const { candidates } = await client.explain({ model: 'chat', prompt: 'Hi' })
    expect(candidates.map(({ provider }) => provider)).toEqual(['openai', 'anthropic'])
  })

  it('takes the first key from the environment, and does not print it', async () => {
    const secret = 'sy_test_not_a_real_key_0123456789'
    const server = await started({ SWITCHYARD_DATA_DIR: await dataDirectory(), SWITCHYARD_API_KEY: secret })
    expect(server.output()).not.toContain(secret)
    expect((await clientOf(server.url, secret).answer({ model: 'chat', prompt: 'Hi' })).text).not.toBe('')
  })
})

describe('a start that can’t be', () => {
  const write = async (name: string, text: string) => {
    const file = join(folder, name)
    await writeFile(file, text)
    return file
  }

  it('names the path of what is wrong and says what to write', async () => {
    const file = await write(
      'wrong.json',
      JSON.stringify({
        providers: { mine: { driver: 'openai-compatible' } },
        routes: { chat: { strategy: 'priority', models: ['nobody/x'] } },
        defaults: { timeouts: { firstTokenMs: 'soon' } },
        colour: 'blue',
      }),
    )
    const { code, output } = await startInVain({ SWITCHYARD_CONFIG: file })
    expect(code).toBe(1)
    for (const path of ['providers.mine.baseUrl', 'routes.chat.models.0', 'defaults.timeouts.firstTokenMs', 'colour']) {
      expect(output).toContain(path)
    }
    expect(output).not.toMatch(/^\s+at /m)
  })

  it.each([
    [
      'variables that are wrong',
      { PORT: 'abc', DATABASE_URL: 'mysql://x' },
      /PORT.*65535.*DATABASE_URL.*postgres:\/\//s,
    ],
    [
      'a database that is down',
      { DATABASE_URL: 'postgres://me:secret-word@127.0.0.1:1/app' },
      /127\.0\.0\.1:1.*ECONNREFUSED/s,
    ],
  ])('says so: %s', async (_what, variables, message) => {
    const { code, output } = await startInVain(variables)
    expect(code).toBe(1)
    expect(output).toMatch(message)
    expect(output).not.toMatch(/^\s+at |secret-word/m)
    expect(output.trim().split('\n').length).toBeLessThan(8)
  })

  it('says so: a port that is taken; and the first key is still to be made', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const variables = { PORT: String(port), SWITCHYARD_DATA_DIR: await dataDirectory() }
    const { code, output } = await startInVain(variables)
    other.close()
    expect(code).toBe(1)
    expect(output).toMatch(new RegExp(`${port}.*PORT`, 's'))
    expect(output).not.toMatch(/^\s+at /m)
    expect((await started({ ...variables, PORT: '0' })).key).toMatch(/^sy_/)
  })
})

describe('two processes on one folder', () => {
  it('serve one ledger, and the second goes on when the first is killed', async () => {
    const data = { SWITCHYARD_DATA_DIR: await dataDirectory() }
    const first = await started(data)
    const second = await started(data)
    expect(second.key).toBeNull()
    const [here, there] = [first, second].map(({ url }) => clientOf(url, present(first.key)))
    const { callId } = await present(here).answer({ model: 'chat', prompt: 'Hi' })
    expect(await present(there).call(callId)).toMatchObject({ status: 'SUCCEEDED' })
    first.signal('SIGKILL')
    await first.ended()
    const later = await present(there).answer({ model: 'chat', prompt: 'Ho' })
    expect((await present(there).calls()).edges.map(({ node }) => node.id)).toEqual([later.callId, callId])
  })
})

describe('SIGTERM', () => {
  it('lets running calls end, takes no new ones, and loses nothing', async () => {
    const data = { SWITCHYARD_DATA_DIR: await dataDirectory() }
    const server = await started(data)
    const client = clientOf(server.url, present(server.key))
    const stream = await client.stream({ model: slow(40), prompt: 'Hi' })
    const whole = client.answer({ model: slow(30), prompt: 'Hi' })
    const { callId } = await stream.until('TextDelta')
    server.signal('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await expect(client.answer({ model: 'chat', prompt: 'Hi' })).rejects.toThrow()
    const events = await stream.all()
    expect(events.at(-1)).toMatchObject({ __typename: 'CompletionFinished', completion: { callId } })
    const { callId: other } = await whole
    expect(await server.ended()).toBe(0)

    const again = await started(data)
    const later = clientOf(again.url, present(server.key))
    for (const id of [callId, other]) expect(await later.call(id)).toMatchObject({ status: 'SUCCEEDED' })
  })
})

describe('a process that is killed', () => {
  it('leaves a call that the next one settles as ABANDONED when its lease is over', async () => {
    const directory = await dataDirectory()
    const server = await started({ SWITCHYARD_DATA_DIR: directory })
    const client = clientOf(server.url, present(server.key))
    const finished = await client.answer({ model: 'chat', prompt: 'Hi' })
    const stream = await client.stream({ model: slow(300), prompt: 'Hi' })
    const { callId } = await stream.until('TextDelta')
    const begun = await eventually(() => client.call(callId))
    expect(begun).toMatchObject({ status: 'RUNNING', finishedAt: null })
    server.signal('SIGKILL')
    await server.ended()

    const database = await openDatabase({ type: 'embedded', directory })
    const simulator = await startSimulator({})
    const clock = leapingClock()
    const replica = await openReplica(database, simulator, { clock })
    try {
      const later = clientOf(replica.url, client.secret)
      expect(await later.call(finished.callId)).toMatchObject({ status: 'SUCCEEDED', cost: finished.cost })
      expect(await later.call(callId)).toMatchObject({ status: 'RUNNING' })
      clock.leap(61_000)
      const call = await later.ended(callId)
      expect(call).toMatchObject({ status: 'ABANDONED', cost: { priced: false } })
      const events = await (await later.callEvents(callId)).all()
      expect(events).toMatchObject([
        {
          __typename: 'CompletionFailed',
          error: { __typename: 'AllAttemptsFailedError', retryable: true, message: expect.stringMatching(/process/) },
        },
      ])
    } finally {
      await replica.close()
      await simulator.close()
      await database.close()
    }
  })
})

describePostgres('a start on a Postgres server', (suite) => {
  it('migrates it, makes a key, and keeps its ledger there', async () => {
    const settings = suite.settings()
    const url = settings.type === 'postgres' ? settings.url : ''
    const server = await started({ DATABASE_URL: url, SWITCHYARD_DATA_DIR: join(folder, 'not-made') })
    expect(server.printed).toContain('Postgres at')
    const answer = await clientOf(server.url, present(server.key)).answer({ model: 'chat', prompt: 'Hi' })
    const rows = await suite.database().sql`select status from call where id = ${answer.callId}`
    expect(rows).toMatchObject([{ status: 'SUCCEEDED' }])
    server.signal('SIGTERM')
    expect(await server.ended()).toBe(0)
  })
})
