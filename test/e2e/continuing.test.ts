import { describe, expect, it } from 'vitest'
import type { Event } from './answers.ts'
import { only } from './event-stream.ts'
import { describeHouse, newTag } from './harness.ts'
import { picodollars, sumOf } from './money.ts'
import { present } from './present.ts'
import { key, MODELS, PROVIDER_NAMES, type ProviderName, priced, provider, together } from './settings.ts'

const PROMPT = 'Why is the sky blue?'
const SENTENCE = 'Say exactly: One two three four five six seven eight nine ten.'
const SAID = 'One two three four five six seven eight nine ten.'

/** One that breaks off after three words, and one that may go on. */
function pair(first: string, second: string) {
  const tag = newTag()
  return { tag, first: `${first}+tag=${tag}`, second: `${second}+tag=${tag}` }
}

const FAULTS = ['+cut=3', '+reset=3', '+malformed=3', '+error=3', '+no-end'] as const
const PRICED = pair(`${MODELS['openai-chat']}+cut=3`, MODELS.anthropic)
const config = (url: string) => ({
  providers: provider('mistral', url, {
    driver: 'openai-compatible',
    baseUrl: `${url}/openai/v1`,
    apiKeys: [key('GOOD')],
  }),
  models: together([priced(PRICED.first), priced(PRICED.second)]),
})

describeHouse('midStream CONTINUE', { random: () => 0, chunkDelayMs: 3, config }, (house) => {
  async function asked({ first, second }: { first: string; second: string }, more: object = {}) {
    const client = await house().client()
    const routing = { fallbacks: [second], midStream: 'CONTINUE', idleTimeoutMs: 10_000 }
    const events = await (await client.stream({ model: first, prompt: SENTENCE, routing, ...more })).all()
    const [failure] = only(events, 'AttemptFailed')
    return { client, events, failure, completion: present(only(events, 'CompletionFinished')[0]).completion }
  }

  const bodyOf = async (tag: string, at = 1) => (await house().requestsOver(tag))[at]?.body as { messages: unknown[] }

  describe.each(PROVIDER_NAMES)('from %s', (name: ProviderName) => {
    it.concurrent.each(FAULTS)('goes on at Anthropic from the text sent before %s', async (fault) => {
      const models = pair(
        `${MODELS[name]}${fault}`,
        MODELS.anthropic.replace('haiku', name === 'anthropic' ? 'opus' : 'haiku'),
      )
      const { client, events, failure, completion } = await asked(models, { prompt: PROMPT })
      const alone = await client.answer({ model: models.second, prompt: PROMPT })
      expect(failure).toMatchObject({ outputVoided: false, willContinue: true, attempt: { number: 1 } })
      const before = textOf(events.slice(0, failure?.seq))
      expect(before).not.toBe('')
      expect(completion.text).toBe(alone.text)
      expect(textOf(events)).toBe(alone.text)
      expect(completion).toMatchObject({ provider: 'anthropic', finishReason: 'STOP', providerState: null })
      expect(completion.attempts.map(({ outcome }) => outcome)).toEqual(['FAILED', 'SUCCEEDED'])
      expect((await bodyOf(models.tag)).messages.at(-1)).toEqual({
        role: 'assistant',
        content: [{ type: 'text', text: before.trimEnd() }],
      })
    })
  })

  it('charges both parts, and none of it is wasted', async () => {
    const { client, completion } = await asked(PRICED)
    const [first, second] = completion.attempts
    expect(sumOf([first?.costUsd, second?.costUsd])).toBe(picodollars(completion.cost.totalUsd))
    expect(picodollars(first?.costUsd)).toBeGreaterThan(0n)
    expect(completion.cost.wastedUsd).toBe('0')
    expect(completion.usage).toEqual(second?.usage)
    expect(await client.call(completion.callId)).toMatchObject({ cost: completion.cost, attempts: completion.attempts })
    expect(completion.text).toBe(SAID)
  })

  it.each([
    ['after space at the end of what was sent', '+space-behind+cut=3', ''],
    ['where the second repeats the end', '+cut=6', '+repeats=3'],
    ['where the second repeats the end after space', '+space-behind+cut=6', '+repeats=3'],
    ['where the second begins with all of it', '+cut=6', '+repeats'],
  ])('joins both parts %s', async (_name, fault, repetition) => {
    const models = pair(`${MODELS['openai-chat']}${fault}`, `${MODELS.anthropic}${repetition}`)
    const { completion, events, failure } = await asked(models)
    expect(failure).toMatchObject({ outputVoided: false })
    expect([completion.text, textOf(events)]).toEqual([SAID, SAID])
  })

  it('goes on at Mistral, whose answers repeat their prefix', async () => {
    const models = pair(`${MODELS.openai}+cut=3`, 'mistral/mistral-small-latest')
    const { completion, events } = await asked(models)
    expect([completion.text, textOf(events)]).toEqual([SAID, SAID])
    const prefix = { role: 'assistant', content: 'One two three', prefix: true }
    expect((await bodyOf(models.tag)).messages.at(-1)).toEqual(prefix)
  })

  it('goes on again where the second breaks off too', async () => {
    const models = pair(`${MODELS.openai}+cut=3`, `${MODELS.anthropic}+cut=2`)
    const third = `anthropic/claude-opus-4-5+tag=${models.tag}`
    const client = await house().client()
    const routing = { fallbacks: [models.second, third], midStream: 'CONTINUE' }
    const events = await (await client.stream({ model: models.first, prompt: SENTENCE, routing })).all()
    const { completion } = present(only(events, 'CompletionFinished')[0])
    expect([completion.text, textOf(events)]).toEqual([SAID, SAID])
    expect(only(events, 'AttemptFailed').map(({ outputVoided }) => outputVoided)).toEqual([false, false])
    expect(completion.attempts).toHaveLength(3)
    expect((await bodyOf(models.tag, 2)).messages.at(-1)).toMatchObject({
      content: [{ text: 'One two three four five' }],
    })
  })

  it('goes on after a failure of the second before its first word', async () => {
    const models = pair(`${MODELS.openai}+cut=3`, `${MODELS.anthropic}+500x1`)
    const { completion, events } = await asked(models)
    expect([completion.text, textOf(events)]).toEqual([SAID, SAID])
    expect(only(events, 'AttemptFailed').map(({ outputVoided }) => outputVoided)).toEqual([false, false])
  })

  it('leaves the second what the first left of the limit on output', async () => {
    const models = pair(`${MODELS['openai-chat']}+cut=6`, MODELS.anthropic)
    const { completion } = await asked(models, { maxOutputTokens: 9 })
    const body = (await house().requestsOver(models.tag))[1]?.body as { max_tokens: number }
    expect(body.max_tokens).toBe(9 - present(completion.attempts[0]?.usage).outputTokens)
    expect(completion.finishReason).toBe('LENGTH')
  })

  it.each<[string, string, string, object]>([
    ['the second takes no prefill', '+cut=3', MODELS.google, {}],
    ['the second is newer than prefills', '+cut=3', 'anthropic/claude-opus-4-6', {}],
    ['the second thinks', '+cut=3', MODELS.anthropic, { reasoning: { effort: 'LOW' }, maxOutputTokens: 5_000 }],
    ['the output has a form', '+cut=3', MODELS.anthropic, { output: { format: 'JSON' } }],
    ['nothing but reasoning was sent', '+think+cut=2', MODELS.anthropic, {}],
  ])('begins anew where %s', async (_name, fault, second, more) => {
    const models = pair(`${MODELS['openai-chat']}${fault}`, second)
    const { completion, events, failure, client } = await asked(models, more)
    expect(failure).toMatchObject({ outputVoided: true, willContinue: true })
    expect(textOf(events.slice(failure?.seq))).toBe(completion.text)
    const alone = await client.answer({ model: models.second, prompt: SENTENCE, ...more })
    expect(completion.text).toBe(alone.text)
    const roles = (await house().requestsOver(models.tag)).map(({ body }) => JSON.stringify(body))
    expect(roles.slice(1).some((body) => body.includes('One two three"'))).toBe(false)
  })

  it('begins anew after a tool call began', async () => {
    const models = pair(`${MODELS['openai-chat']}+tool+cut=2`, `${MODELS.anthropic}+tool`)
    const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const { completion, failure, events } = await asked(models, { tools: [{ name: 'weather', parameters }] })
    expect(failure).toMatchObject({ outputVoided: true, willContinue: true })
    expect(only(events.slice(0, failure?.seq), 'ToolCallDelta')).not.toEqual([])
    expect(completion.toolCalls).toHaveLength(1)
  })

  it('begins anew at a model that turns the prefill down, against what is known of it', async () => {
    const models = pair(`${MODELS.openai}+cut=3`, `${MODELS.anthropic}+400x1`)
    const { completion, events } = await asked(models)
    expect([completion.text, textOf(events.slice(only(events, 'AttemptFailed')[1]?.seq))]).toEqual([SAID, SAID])
    expect(only(events, 'AttemptFailed').map(({ outputVoided }) => outputVoided)).toEqual([false, true])
    expect((await bodyOf(models.tag, 2)).messages).toHaveLength(1)
  })

  it('spends no more than maxCostUsd', async () => {
    const client = await house().client()
    const asking = async (maxCostUsd: string) => {
      const routing = { fallbacks: [PRICED.second], midStream: 'CONTINUE', maxCostUsd }
      const input = { model: PRICED.first, prompt: SENTENCE, maxOutputTokens: 16, routing }
      const events = await (await client.stream(input)).all()
      return { failure: only(events, 'AttemptFailed')[0], call: await client.ended(present(events[0]).callId) }
    }
    const tight = await asking('0.000014')
    expect(tight.failure).toMatchObject({ outputVoided: false, willContinue: false })
    expect(tight.call.attempts).toMatchObject([
      { outcome: 'FAILED' },
      { outcome: 'SHORT_CIRCUITED', error: expect.stringContaining('maxCostUsd') },
    ])
    const wide = await asking('0.00004')
    expect(wide.failure).toMatchObject({ outputVoided: false, willContinue: true })
    expect(wide.call).toMatchObject({ status: 'SUCCEEDED', cost: { wastedUsd: '0' } })
    expect(picodollars(wide.call.cost.totalUsd)).toBeLessThan(picodollars('0.00004'))
  })

  it('ends with what was sent where nobody is left', async () => {
    const models = pair(`${MODELS.openai}+cut=3`, `${MODELS.anthropic}+503`)
    const client = await house().client()
    const routing = { fallbacks: [models.second], midStream: 'CONTINUE' }
    const events = await (await client.stream({ model: models.first, prompt: SENTENCE, routing })).all()
    expect(only(events, 'AttemptFailed').map(({ outputVoided }) => outputVoided)).toEqual([false, false, false])
    const { error } = present(only(events, 'CompletionFailed')[0])
    expect(error).toMatchObject({ __typename: 'AllAttemptsFailedError' })
    const { cost } = await client.ended(error.callId)
    expect(cost.wastedUsd).toBe(cost.totalUsd)
  })

  it('begins anew within one answer, of which nothing was sent yet', async () => {
    const { first, second } = pair(`${MODELS.openai}+cut=3`, MODELS.anthropic)
    const client = await house().client()
    const routing = { fallbacks: [second], midStream: 'CONTINUE' }
    const answer = await client.answer({ model: first, prompt: SENTENCE, routing })
    expect(answer).toMatchObject({ text: SAID, attempts: [{ outcome: 'FAILED' }, { outcome: 'SUCCEEDED' }] })
  })
})

function textOf(events: readonly Event[]): string {
  return only(events, 'TextDelta')
    .map(({ text }) => text)
    .join('')
}
