import { describe, expect, it } from 'vitest'
import { readEnvironment } from '../../src/config/environment.ts'
import { collectProblems } from '../../src/config/problem.ts'
import { resolveWebhooks } from '../../src/config/resolve-webhooks.ts'

const SECRET = `whsec_${Buffer.from('an obviously fake secret of tests').toString('base64')}`

function read(value: unknown, variables: Record<string, string> = { HOOK: SECRET }) {
  const problems = collectProblems()
  const webhooks = resolveWebhooks(value, readEnvironment(variables), problems)
  return { webhooks, problems: problems.list().map(({ path, message }) => `${path}: ${message}`) }
}

describe('webhooks', () => {
  it('have a URL, a secret from the environment, and all events unless told', () => {
    const { webhooks, problems } = read([{ url: 'https://ops.example.com/in?team=a', secret: 'env:HOOK' }])
    expect(problems).toEqual([])
    expect(webhooks).toMatchObject([{ url: 'https://ops.example.com/in?team=a', events: ['quota.threshold'] }])
    expect(Buffer.from(webhooks[0]?.secret ?? []).toString()).toBe('an obviously fake secret of tests')
    expect(read(undefined)).toEqual({ webhooks: [], problems: [] })
    expect(read([{ url: 'http://localhost:9000/in', secret: 'env:HOOK' }]).problems).toEqual([])
  })

  it.each([
    ['http elsewhere', { url: 'http://ops.example.com', secret: 'env:HOOK' }, /^webhooks\.0\.url: write an https URL/],
    [
      'credentials',
      { url: 'https://a:b@ops.example.com', secret: 'env:HOOK' },
      /^webhooks\.0\.url: write an https URL/,
    ],
    ['a bare secret', { url: 'https://ops.example.com', secret: SECRET }, /^webhooks\.0\.secret: write "env:NAME"/],
    ['no variable', { url: 'https://ops.example.com', secret: 'env:NONE' }, /^webhooks\.0\.secret: .*NONE is not set/],
    ['an event', { url: 'https://ops.example.com', secret: 'env:HOOK', events: ['x'] }, /^webhooks\.0\.events\.0: /],
    [
      'a key',
      { url: 'https://ops.example.com', secret: 'env:HOOK', headers: {} },
      /^webhooks\.0: "headers" is unknown/,
    ],
  ])('are refused for %s, without showing a secret', (_what, webhook, expected) => {
    const { webhooks, problems } = read([webhook])
    expect(webhooks).toEqual([])
    expect(problems).toEqual([expect.stringMatching(expected)])
    expect(problems.join()).not.toContain(SECRET)
  })

  it.each([
    ['no prefix', 'c2hvcnQ='],
    ['too few bytes', 'whsec_c2hvcnQ='],
    ['too many bytes', `whsec_${Buffer.alloc(65).toString('base64')}`],
  ])('are refused for a secret with %s', (_what, secret) => {
    const { problems } = read([{ url: 'https://ops.example.com', secret: 'env:HOOK' }], { HOOK: secret })
    expect(problems).toEqual([expect.stringMatching(/^webhooks\.0\.secret: HOOK is no secret of 24 to 64 bytes/)])
    expect(problems.join()).not.toContain(secret)
  })

  it('are refused where one stands there twice', () => {
    const webhook = { url: 'https://ops.example.com', secret: 'env:HOOK' }
    expect(read([webhook, webhook]).problems).toEqual(['webhooks.1.url: this URL stands here twice'])
  })
})
