import { describe, expect, it } from 'vitest'
import { describeDatabases } from '../support/database.ts'
import type { Completion, Event } from './answers.ts'
import type { Client, Input } from './client.ts'
import { only } from './event-stream.ts'
import { houseOf, newTag } from './harness.ts'
import { picodollars, sumOf } from './money.ts'
import { MODELS, PROVIDER_NAMES } from './settings.ts'

const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

describeDatabases('completions', (suite) => {
  const house = houseOf(suite)

  describe.each(PROVIDER_NAMES)('by %s', (name) => {
    const model = (behaviours = '') => `${MODELS[name]}${behaviours}+tag=${newTag()}`

    it('are the same streamed and whole: text, usage and cost to the last digit', async () => {
      const client = await house().client()
      const input = { model: model(), prompt: 'Why is the sky blue?', system: 'Be brief.' }
      const whole = await client.answer(input)
      const { completion, events } = await streamed(client, input)

      expect(whole.text).toMatch(/sky/i)
      expect(whole.finishReason).toBe('STOP')
      expect(whole.usage).toMatchObject({ estimated: false })
      expect(Number(whole.cost.totalUsd)).toBeGreaterThan(0)
      expect(whole.cost).toMatchObject({ priced: true, wastedUsd: '0', savedUsd: '0' })
      expect(timeless(completion)).toEqual(timeless(whole))
      expect(textOf(events)).toBe(completion.text)
    })

    it('are in the ledger as they were answered', async () => {
      const client = await house().client()
      const input = { model: model(), prompt: 'Hi', tags: [{ key: 'team', value: 'web' }], endUser: 'user-7' }
      const { completion } = await streamed(client, input)
      const call = await client.call(completion.callId)

      expect(call).toMatchObject({
        status: 'SUCCEEDED',
        requestedModel: input.model,
        provider: completion.provider,
        model: completion.model,
        usage: completion.usage,
        cost: completion.cost,
        latency: completion.latency,
        attempts: completion.attempts,
        tags: input.tags,
        endUser: 'user-7',
        error: null,
      })
      expect(completion.attempts).toMatchObject([{ number: 1, outcome: 'SUCCEEDED', errorKind: null }])
      expect(completion.latency.totalMs).toBeGreaterThanOrEqual(completion.latency.overheadMs)
    })

    it('call tools and take their results', async () => {
      const client = await house().client()
      const asked = { user: [{ text: 'Use get_weather for Paris' }] }
      const input = { model: model(), messages: [asked], tools: [WEATHER] }
      const { completion, events } = await streamed(client, input)
      const [call] = completion.toolCalls
      expect(completion).toMatchObject({ finishReason: 'TOOL_CALLS', toolCalls: [{ name: 'get_weather' }] })
      expect(call?.arguments).toEqual({ city: 'Paris' })
      expect(toolCallOf(events)).toEqual({ id: call?.id, name: 'get_weather', arguments: { city: 'Paris' } })

      const assistant = { toolCalls: completion.toolCalls, providerState: completion.providerState }
      const toolResult = { toolCallId: call?.id, content: 'Eighteen degrees and dry' }
      const next = await client.answer({ ...input, messages: [asked, { assistant }, { toolResult }] })
      expect(next.text).toContain('Eighteen degrees')
      expect(next.finishReason).toBe('STOP')
    })

    it('take several turns and the system text', async () => {
      const client = await house().client()
      const tag = newTag()
      await client.answer({
        model: `${MODELS[name]}+tag=${tag}`,
        system: 'You are a pirate.',
        messages: [
          { user: [{ text: 'My name is Ada.' }] },
          { assistant: { text: 'Ahoy Ada!' } },
          { user: [{ text: 'What is' }, { text: ' my name?' }] },
        ],
      })
      const [request] = await house().requests(tag)
      const sent = JSON.stringify(request?.body)
      for (const text of ['You are a pirate.', 'My name is Ada.', 'Ahoy Ada!', 'What is', ' my name?']) {
        expect(sent).toContain(text)
      }
    })

    it.each([
      ['+length', 'LENGTH'],
      ['+filtered', name === 'anthropic' ? 'REFUSAL' : 'CONTENT_FILTER'],
    ])('ended by %s say so', async (behaviour, reason) => {
      const client = await house().client()
      const input = { model: model(behaviour), prompt: 'Tell me a long story' }
      const { completion } = await streamed(client, input)
      expect(completion.finishReason).toBe(reason)
      expect(completion.text).not.toBe('')
      expect((await client.answer(input)).finishReason).toBe(reason)
    })

    it('whose provider tells no usage are counted here and marked', async () => {
      const client = await house().client()
      const input = { model: model('+no-usage'), prompt: 'Why is the sky blue?' }
      const { completion } = await streamed(client, input)
      expect(completion.usage.estimated).toBe(true)
      expect(completion.usage.inputTokens).toBeGreaterThan(0)
      expect(completion.usage.outputTokens).toBeGreaterThan(0)
      expect(Number(completion.cost.totalUsd)).toBeGreaterThan(0)
      const whole = await client.answer(input)
      expect([whole.usage, whole.cost]).toEqual([completion.usage, completion.cost])
    })

    it('read from the provider’s cache cost less, and the parts add up', async () => {
      const client = await house().client()
      const prompt = 'The sky is blue. '.repeat(100)
      const plain = await client.answer({ model: model(), prompt })
      const cached = await client.answer({ model: model('+cached'), prompt })
      expect(cached.usage.inputTokens).toBe(plain.usage.inputTokens)
      expect(cached.usage.cachedInputTokens).toBeGreaterThan(0)
      expect(Number(cached.cost.inputUsd)).toBeLessThan(Number(plain.cost.inputUsd))
      expect(Number(cached.cost.totalUsd)).toBeLessThan(Number(plain.cost.totalUsd))
      for (const { cost } of [plain, cached]) {
        const parts = [cost.inputUsd, cost.cachedInputUsd, cost.cacheWriteUsd, cost.outputUsd]
        expect(sumOf(parts)).toBe(picodollars(cost.totalUsd))
      }
    })

    it('stream their reasoning apart from their text', async () => {
      const client = await house().client()
      const { completion, events } = await streamed(client, { model: model('+think'), prompt: 'What is 6 * 7?' })
      expect(completion.text).toContain('42')
      expect(textOf(events)).toBe(completion.text)
      const reasoning = only(events, 'ReasoningDelta').map(({ text }) => text)
      expect(reasoning.join('')).toBe(completion.reasoning ?? '')
    })
  })
})

/** One streamed call, with what holds of every stream looked at. */
async function streamed(
  client: Client,
  input: Input,
): Promise<{ readonly completion: Completion; readonly events: readonly Event[] }> {
  const events = await (await client.stream(input)).all()
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect(new Set(events.map(({ callId }) => callId)).size).toBe(1)
  expect(events.slice(0, 2).map((event) => event.__typename)).toEqual(['CompletionStarted', 'AttemptStarted'])
  expect(only(events, 'CompletionFailed')).toEqual([])
  const [finished, ...more] = only(events, 'CompletionFinished')
  expect(more).toEqual([])
  expect(events.at(-1)).toBe(finished)
  if (!finished) throw new Error('no CompletionFinished')
  return { completion: finished.completion, events }
}

/** An answer without what differs from one call to the next. */
function timeless({ text, reasoning, json, finishReason, provider, model, usage, cost, attempts }: Completion) {
  const tried = attempts.map((each) => [each.provider, each.model, each.outcome, each.usage, each.costUsd])
  return { text, reasoning, json, finishReason, provider, model, usage, cost, tried }
}

function textOf(events: readonly Event[]): string {
  return only(events, 'TextDelta')
    .map(({ text }) => text)
    .join('')
}

function toolCallOf(events: readonly Event[]) {
  const deltas = only(events, 'ToolCallDelta')
  return {
    id: deltas[0]?.toolCallId,
    name: deltas[0]?.name,
    arguments: JSON.parse(deltas.map((delta) => delta.argumentsDelta).join('')),
  }
}
