import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { ask, codeOf } from './ask.ts'
import { type Client, eventually } from './client.ts'
import { describeHouse, type House, newTag } from './harness.ts'

const WORDS = `query ($id: ID!) { call(id: $id) { id request response } }`
const ERASE = `mutation ($input: ErasePayloadsInput!, $project: ID) {
  erasePayloads(input: $input, project: $project) { __typename ... on ErasedPayloads { payloads answers comments } }
}`
const AUDIT = `{ auditLog(first: 20) { edges { node { action subject changes { path before after } } } } }`

interface Words {
  readonly id: string
  readonly request: Readonly<Record<string, unknown>> | null
  readonly response: Readonly<Record<string, unknown>> | null
}

const wordsOf = async (client: Client, id: string) => (await ask<{ call: Words | null }>(client, WORDS, { id })).call

/** Frontends of a new project that keeps this much: one with all scopes of a project, and one that only completes. */
async function projectThat(house: House, store: 'NONE' | 'METADATA' | 'FULL') {
  const project = randomBytes(6).toString('hex')
  const client = await house.client({ project, scopes: ['complete', 'read', 'admin'] })
  const completing = await house.client({ project, scopes: ['complete'] })
  const [row] = await house.database.sql`update project set store = ${store} where name = ${project} returning id::text`
  return { id: String(row?.id), client, completing }
}

describeHouse('what calls said', { chunkDelayMs: 2 }, (house) => {
  it('is kept whole where the project says so: of one answer, of a stream, of vectors', async () => {
    const { client } = await projectThat(house(), 'FULL')
    const prompt = 'Say \u0000 this \ud83d: 漢字 😀'
    const input = { model: 'openai/gpt-5-mini', prompt, system: 'Briefly.', temperature: 0.5 }
    const { callId, text } = await client.answer(input)
    const words = await wordsOf(client, callId)
    expect(words?.request).toEqual({
      store: 'FULL',
      input: {
        model: 'openai/gpt-5-mini',
        messages: [{ system: 'Briefly.' }, { user: [{ text: prompt }] }],
        temperature: 0.5,
      },
      cut: [],
    })
    expect(words?.response).toMatchObject({ store: 'FULL', complete: true, text, finishReason: 'STOP', toolCalls: [] })

    const { completion } = await (await client.stream({ ...input, prompt: 'Hi' })).until('CompletionFinished')
    expect((await wordsOf(client, completion.callId))?.response).toMatchObject({ text: completion.text })

    const embed = `mutation { embed(input: { model: "openai/text-embedding-3-small", texts: ["one", "two"] }) {
      ... on Embedding { callId } } }`
    const { embed: embedding } = await ask<{ embed: { callId: string } }>(client, embed)
    expect(await wordsOf(client, embedding.callId)).toMatchObject({
      request: { input: { texts: ['one', 'two'] } },
      response: { complete: true, vectors: 2 },
    })
  })

  it('is not kept by default, and is kept without its words where the project says so', async () => {
    const none = await projectThat(house(), 'NONE')
    const { callId } = await none.client.answer({ model: 'openai/gpt-5-mini', prompt: 'Hi' })
    expect(await wordsOf(none.client, callId)).toEqual({ id: callId, request: null, response: null })

    const { client } = await projectThat(house(), 'METADATA')
    const answer = await client.answer({ model: 'openai/gpt-5-mini', prompt: 'Quietword' })
    const words = await wordsOf(client, answer.callId)
    expect(words).toMatchObject({
      request: { store: 'METADATA', messages: [{ role: 'user', parts: [{ type: 'text', characters: 9 }] }] },
      response: { store: 'METADATA', complete: true, characters: answer.text.length, finishReason: 'STOP' },
    })
    expect(JSON.stringify(words)).not.toContain('Quietword')
    expect(JSON.stringify(words)).not.toContain(answer.text)
  })

  it('is kept of a call that failed, was refused or was left: what was asked, and what came until then', async () => {
    const { client } = await projectThat(house(), 'FULL')
    const failed = await client.stream({ model: `openai/gpt-5-mini+404+tag=${newTag()}`, prompt: 'Hi' })
    const { callId } = await failed.until('CompletionFailed')
    expect(await wordsOf(client, callId)).toMatchObject({ request: { input: {} }, response: null })

    const left = await client.stream({ model: `openai/gpt-5-mini+slow=30+words=200+tag=${newTag()}`, prompt: 'Hi' })
    const { callId: leftId, text } = await left.until('TextDelta')
    left.leave()
    await client.ended(leftId)
    const words = await eventually(async () => {
      const found = await wordsOf(client, leftId)
      return found?.response ? found : null
    })
    expect(words.response).toMatchObject({ complete: false, toolCalls: [] })
    expect(String(words.response?.text).startsWith(text)).toBe(true)
  })

  it('is read with the scope `read` by its own project, a page of calls at once', async () => {
    const { client, completing } = await projectThat(house(), 'FULL')
    for (const prompt of ['one', 'two', 'three']) await client.answer({ model: 'openai/gpt-5-mini', prompt })
    const page = '{ calls(first: 10) { edges { node { request response } } } }'
    const { calls } = await ask<{ calls: { edges: { node: Words }[] } }>(client, page)
    const prompts = calls.edges.map(({ node }) => JSON.stringify(node.request))
    expect(prompts.map((text) => /"text":"(\w+)"/.exec(text)?.[1])).toEqual(['three', 'two', 'one'])

    const own = `mutation { complete(input: { model: "openai/gpt-5-mini", prompt: "Hi" }) {
      ... on Completion { call { id response } } } }`
    expect(await codeOf(completing, own)).toBe('FORBIDDEN')
    const { callId } = await client.answer({ model: 'openai/gpt-5-mini', prompt: 'Hi' })
    const stranger = await house().client({ scopes: ['complete', 'read', 'admin'] })
    expect(await wordsOf(stranger, callId)).toBeNull()
  })

  it('is erased with what an idempotency key keeps, by an administrator, once', async () => {
    const { client, completing } = await projectThat(house(), 'FULL')
    const input = { model: 'openai/gpt-5-mini', prompt: 'Hi', endUser: 'ann@example.com', idempotencyKey: 'k1' }
    const { callId } = await client.answer(input)
    expect((await wordsOf(client, callId))?.response).not.toBeNull()
    expect(await codeOf(completing, ERASE, { input: { callId } })).toBe('FORBIDDEN')
    const stranger = await house().client({ scopes: ['complete', 'read', 'admin'] })
    expect(await ask(stranger, ERASE, { input: { callId } })).toMatchObject({
      erasePayloads: { __typename: 'NotFoundError' },
    })

    const erase = { input: { endUser: 'ann@example.com' } }
    expect(await ask(client, ERASE, erase)).toMatchObject({ erasePayloads: { payloads: 1, answers: 1, comments: 0 } })
    expect(await ask(client, ERASE, erase)).toMatchObject({ erasePayloads: { payloads: 0, answers: 0, comments: 0 } })
    expect(await wordsOf(client, callId)).toEqual({ id: callId, request: null, response: null })
    expect(await client.call(callId)).toMatchObject({ status: 'SUCCEEDED', endUser: 'ann@example.com' })

    const { auditLog } = await ask<{ auditLog: { edges: { node: { action: string; subject: string } }[] } }>(
      client,
      AUDIT,
    )
    const entries = auditLog.edges.map(({ node }) => node).filter(({ action }) => action === 'ERASE_PAYLOADS')
    expect(entries.map(({ subject }) => subject)).toEqual(['payloads/endUser', 'payloads/endUser'])
    expect(JSON.stringify(entries)).not.toContain('ann')
  })

  it('is erased in another project by an operator only', async () => {
    const { client, id } = await projectThat(house(), 'FULL')
    const { callId } = await client.answer({ model: 'openai/gpt-5-mini', prompt: 'Hi' })
    const variables = { input: { before: '2100-01-01T00:00:00Z' }, project: id }
    const stranger = await house().client({ scopes: ['complete', 'read', 'admin'] })
    expect(await ask(stranger, ERASE, variables)).toMatchObject({ erasePayloads: { __typename: 'NotFoundError' } })
    expect((await wordsOf(client, callId))?.request).not.toBeNull()
    const operator = await house().client({ scopes: ['operator'] })
    expect(await ask(operator, ERASE, { input: { callId }, project: id })).toMatchObject({
      erasePayloads: { payloads: 1 },
    })
    expect((await wordsOf(client, callId))?.request).toBeNull()
  })
})
