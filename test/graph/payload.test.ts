import { expect, it } from 'vitest'
import type { PayloadArchive } from '../../src/core/payload.ts'
import { ask } from './ask.ts'
import { callerWithScopes, createHouse } from './house.ts'

function houseWith(read: PayloadArchive['read']) {
  const house = createHouse()
  return { ...house, payloads: { ...house.payloads, read } }
}

const PAGE = '{ calls(first: 50) { edges { node { id request response } } } }'

it('reads the requests and the responses of a whole page at once', async () => {
  const asked: unknown[] = []
  const house = houseWith(async (_projectId, callIds, part) => {
    asked.push([part, callIds.length])
    return new Map(callIds.map((id) => [id, { type: 'content', content: { of: id, part } }]))
  })
  const { data, errors } = await ask(PAGE, { house })
  expect(errors).toBeUndefined()
  expect(asked.sort()).toEqual([
    ['request', 50],
    ['response', 50],
  ])
  expect(JSON.stringify(data).match(/"part":"response"/g)).toHaveLength(50)
})

it('says of which calls there was too much, and shows the others', async () => {
  const house = houseWith(
    async (_projectId, callIds) =>
      new Map(
        callIds.map((id, at) => [
          id,
          at === 1 ? { type: 'tooMuch', bytes: 4_000_000 } : { type: 'content', content: { at } },
        ]),
      ),
  )
  const { data, errors } = await ask('{ calls(first: 3) { edges { node { request } } } }', { house })
  expect(data).toMatchObject({ calls: { edges: [{ node: { request: { at: 0 } } }, { node: { request: null } }, {}] } })
  expect(errors).toMatchObject([{ extensions: { code: 'TOO_LARGE', bytes: 4_000_000 } }])
})

it('erases for administrators only, and nothing that is not theirs', async () => {
  const erased: unknown[] = []
  const house = createHouse()
  const payloads: PayloadArchive = {
    ...house.payloads,
    erase: async (request) => {
      erased.push(request)
      return { payloads: 1, answers: 2, comments: 3 }
    },
  }
  const mine = { ...house, payloads }
  const ERASE = `mutation ($input: ErasePayloadsInput!, $project: ID) {
    erasePayloads(input: $input, project: $project, comment: "asked for") {
      __typename ... on ErasedPayloads { payloads answers comments } } }`
  const caller = callerWithScopes('admin')
  const other = '0198f7a0-0000-7000-8000-0000000000ff'
  const erase = (variables: Record<string, unknown>, who = caller) =>
    ask(ERASE, { house: mine, caller: who, variables })

  expect((await erase({ input: { endUser: 'ann' } }, callerWithScopes('read'))).errors).toMatchObject([
    { extensions: { code: 'FORBIDDEN' } },
  ])
  for (const variables of [{ input: { endUser: 'ann' }, project: other }, { input: { callId: 'no id' } }]) {
    expect((await erase(variables)).data).toEqual({ erasePayloads: { __typename: 'NotFoundError' } })
  }
  expect(erased).toEqual([])

  const { data } = await erase({ input: { endUser: 'ann' } })
  expect(data).toEqual({ erasePayloads: { __typename: 'ErasedPayloads', payloads: 1, answers: 2, comments: 3 } })
  await erase({ input: { before: '2025-01-01T00:00:00Z' }, project: other }, callerWithScopes('operator'))
  const { projectId, apiKeyId } = caller
  expect(erased).toEqual([
    { projectId, apiKeyId, comment: 'asked for', subject: { type: 'endUser', endUser: 'ann' } },
    { projectId: other, apiKeyId, comment: 'asked for', subject: { type: 'before', at: Date.UTC(2025, 0) } },
  ])
})
