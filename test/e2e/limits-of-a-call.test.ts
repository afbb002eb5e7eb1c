import { describe, expect, it } from 'vitest'
import { describeHouse, newTag } from './harness.ts'
import { present } from './present.ts'
import { priced, priority, together } from './settings.ts'

const TAG = newTag()
const LARGER = `google/gemini-2.5-flash+tag=${TAG}`
const WINDOWS = {
  small: `openai/gpt-5-mini+context+tag=${TAG}`,
  alike: `anthropic/claude-haiku-4-5+tag=${TAG}`,
}

const routes = together([
  priority('impatient', [`openai/gpt-5-mini+first-token=20000+tag=${TAG}`, `anthropic/claude-haiku-4-5+tag=${TAG}`], {
    timeouts: { firstTokenMs: 500 },
  }),
  priority('tolerant', [`openai/gpt-5-mini+blocked+tag=${TAG}`, `anthropic/claude-haiku-4-5+tag=${TAG}`], {
    onContentRejected: 'nextCandidate',
  }),
  priority('frugal', [`openai/gpt-5-mini+500+tag=${TAG}`], { attempts: { perModel: 3, perCall: 4 } }),
])
const models = together([
  priced(WINDOWS.small, { contextWindow: 1_000 }),
  priced(WINDOWS.alike, { contextWindow: 1_000 }),
  priced(LARGER, { contextWindow: 100_000 }),
])
const config = () => ({ routes, models })

describeHouse('the limits of a call', { config, random: () => 0 }, (house) => {
  it('let the second provider answer when the first is slow, and the ledger shows both', async () => {
    const client = await house().client()
    const answer = await client.answer({ model: 'impatient', prompt: 'Hi' })
    const call = present(await client.call(answer.callId))
    expect(call).toMatchObject({ status: 'SUCCEEDED', requestedModel: 'impatient', provider: 'anthropic' })
    expect(call.attempts).toMatchObject([
      { provider: 'openai', outcome: 'TIMED_OUT', errorKind: 'FIRST_TOKEN_TIMEOUT', firstTokenMs: null, costUsd: '0' },
      { provider: 'anthropic', outcome: 'SUCCEEDED' },
    ])
    expect(call.attempts[0]?.durationMs).toBeGreaterThanOrEqual(499)
    expect(call.attempts[0]?.durationMs).toBeLessThan(1_500)
    expect(call.attempts[1]?.firstTokenMs).toBeGreaterThan(0)
    const [slow] = await house().requestsOver(TAG)
    expect(slow?.clientClosedAfterMs).toBeGreaterThan(300)
    expect(slow?.clientClosedAfterMs).toBeLessThan(1_500)
  })

  describe.each(['stream', 'unary'] as const)('as %s', (delivery) => {
    it.each(['+silent', '+slow=60', '+stall=0'])(
      'end it at its deadline, whatever it waits for: %s',
      async (behaviour) => {
        const client = await house().client()
        const tag = newTag()
        const input = {
          model: `openai/gpt-5-mini${behaviour}+words=500+tag=${tag}`,
          prompt: 'Hi',
          routing: { totalTimeoutMs: 400, fallbacks: [`anthropic/claude-haiku-4-5+tag=${tag}`] },
        }
        const error =
          delivery === 'unary'
            ? await client.refusal(input)
            : (await (await client.stream(input)).until('CompletionFailed')).error
        expect(error).toMatchObject({ __typename: 'TimeoutError', attempts: [{ outcome: 'TIMED_OUT' }] })
        const call = present(await client.call(error.callId))
        expect(call).toMatchObject({ status: 'FAILED', attempts: error.attempts })
        expect(call.latency?.totalMs).toBeGreaterThanOrEqual(399)
        expect(call.latency?.totalMs).toBeLessThan(1_200)
        const requests = await house().requestsOver(tag)
        expect(requests).toHaveLength(1)
        expect(requests[0]?.clientClosedAfterMs).not.toBeNull()
      },
    )
  })

  it('end it at its deadline also between two attempts', async () => {
    const client = await house().client()
    const model = `openai/gpt-5-mini+429-after=2+tag=${newTag()}`
    const error = await client.refusal({ model, prompt: 'Hi', routing: { totalTimeoutMs: 2_300 } })
    expect(error.attempts?.map(({ errorKind }) => errorKind)).toEqual(['RATE_LIMITED', 'RATE_LIMITED'])
    expect(error.__typename).toBe('AllAttemptsFailedError')
  })

  it('keep the attempts to what is allowed', async () => {
    const client = await house().client()
    expect((await client.refusal({ model: 'frugal', prompt: 'Hi' })).attempts).toHaveLength(3)

    const tag = newTag()
    const fallbacks = ['a', 'b', 'c', 'd'].map((each) => `google/gemini-2.5-flash+503+tag=${tag}+tag=${each}`)
    const model = `openai/gpt-5-mini+503+tag=${tag}`
    const error = await client.refusal({ model, prompt: 'Hi', routing: { fallbacks } })
    expect(error.attempts).toHaveLength(6)
    expect(await house().requests(tag)).toHaveLength(6)
  })
})

describeHouse("the caller's mistakes, as a provider says them", { config }, (house) => {
  it('of a prompt that is too long go to a larger window, and only there', async () => {
    const client = await house().client()
    const answer = await client.answer({
      model: WINDOWS.small,
      prompt: 'Hi',
      routing: { fallbacks: [WINDOWS.alike, LARGER] },
    })
    expect(answer.attempts).toMatchObject([{ errorKind: 'CONTEXT_LENGTH' }, { provider: 'google' }])
  })

  it('of rejected content go on where the route says so', async () => {
    const client = await house().client()
    const answer = await client.answer({ model: 'tolerant', prompt: 'Hi' })
    expect(answer.attempts).toMatchObject([{ errorKind: 'CONTENT_REJECTED' }, { provider: 'anthropic' }])
  })
})
