import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenerativeAI, type Part } from '@google/generative-ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { KEY } from './clients.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

const QUESTION = 'Use get_weather for Paris'
const SCHEMA = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] }
const FOUND = 'Here is what I found: 21 degrees'

describe('a tool loop', () => {
  it('works over Chat Completions', async () => {
    const client = new OpenAI({ baseURL: `${simulator.url}/openai/v1`, apiKey: KEY, maxRetries: 0 })
    const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: SCHEMA } }]
    const user = { role: 'user' as const, content: QUESTION }
    const first = await client.chat.completions.create({ model: 'm', messages: [user], tools })
    const message = first.choices[0]?.message
    const id = message?.tool_calls?.[0]?.id
    if (message === undefined || id === undefined) throw new Error('no call')
    const result = { role: 'tool' as const, tool_call_id: id, content: '21 degrees' }
    const second = await client.chat.completions.create({ model: 'm', messages: [user, message, result], tools })
    expect(second.choices[0]?.message.content).toBe(FOUND)
    const unmatched = client.chat.completions.create({ model: 'm', messages: [user, result], tools })
    await expect(unmatched).rejects.toThrow(/must be a response to a preceding message/)
  })

  it('works over Responses, with encrypted reasoning', async () => {
    const client = new OpenAI({ baseURL: `${simulator.url}/openai/v1`, apiKey: KEY, maxRetries: 0 })
    const base = {
      model: 'm',
      store: false,
      include: ['reasoning.encrypted_content' as const],
      reasoning: { effort: 'low' as const },
      tools: [{ type: 'function' as const, name: 'get_weather', parameters: SCHEMA, strict: true }],
    }
    const user = { role: 'user' as const, content: QUESTION }
    const { output } = await client.responses.create({ ...base, input: [user] })
    const [reasoning, call] = output
    if (reasoning?.type !== 'reasoning' || call?.type !== 'function_call') throw new Error('no call')
    const result = { type: 'function_call_output' as const, call_id: call.call_id, output: '21 degrees' }
    const second = await client.responses.create({ ...base, input: [user, reasoning, call, result] })
    expect(second.output_text).toBe(FOUND)
    const forged = { ...reasoning, encrypted_content: 'gAAAAforged' }
    const broken = client.responses.create({ ...base, input: [user, forged, call, result] })
    await expect(broken).rejects.toThrow(/could not be verified/)
  })

  it('works over Messages, with signed thinking', async () => {
    const client = new Anthropic({ baseURL: `${simulator.url}/anthropic`, apiKey: KEY, maxRetries: 0 })
    const base = {
      model: 'm',
      max_tokens: 4096,
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
      tools: [{ name: 'get_weather', input_schema: SCHEMA }],
    }
    const user = { role: 'user' as const, content: QUESTION }
    const { content } = await client.messages.stream({ ...base, messages: [user] }).finalMessage()
    const [thinking, use] = content
    if (thinking?.type !== 'thinking' || use?.type !== 'tool_use') throw new Error('no call')
    const next = (blocks: Anthropic.ContentBlockParam[]): Anthropic.MessageParam[] => [
      user,
      { role: 'assistant', content: blocks },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: '21 degrees' }] },
    ]
    const second = await client.messages.create({ ...base, messages: next(content) })
    expect(second.content.at(-1)).toEqual({ type: 'text', text: FOUND })
    const changed = client.messages.create({ ...base, messages: next([{ ...thinking, thinking: 'Changed' }, use]) })
    await expect(changed).rejects.toThrow(/Invalid `signature`/)
  })

  it('works over Gemini, with thought signatures', async () => {
    const tools = [{ functionDeclarations: [{ name: 'get_weather', parameters: SCHEMA as never }] }]
    const model = new GoogleGenerativeAI(KEY).getGenerativeModel(
      { model: 'gemini-3-m+think', tools },
      { baseUrl: `${simulator.url}/google` },
    )
    const user = { role: 'user', parts: [{ text: QUESTION }] }
    const { response } = await model.generateContent({ contents: [user] })
    const parts = response.candidates?.[0]?.content.parts ?? []
    expect(parts.map((part) => Object.keys(part))).toEqual([
      ['text', 'thought'],
      ['functionCall', 'thoughtSignature'],
    ])
    const next = (said: Part[]) => ({
      contents: [
        user,
        { role: 'model', parts: said },
        { role: 'function', parts: [{ functionResponse: { name: 'get_weather', response: { degrees: 21 } } }] },
      ],
    })
    const second = await model.generateContent(next(parts))
    expect(second.response.candidates?.[0]?.content.parts.at(-1)?.text).toBe('Here is what I found: {"degrees":21}')
    const unsigned = parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [{ functionCall }]))
    await expect(model.generateContent(next(unsigned))).rejects.toThrow(/missing a thought_signature/)
  })
})

describe('a stop sequence', () => {
  it('ends the answer before it', async () => {
    const client = new Anthropic({ baseURL: `${simulator.url}/anthropic`, apiKey: KEY, maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Say exactly: one two three' }]
    const said = await client.messages.create({
      model: 'm',
      max_tokens: 100,
      messages,
      stop_sequences: [' three', ' two'],
    })
    expect(said).toMatchObject({ content: [{ text: 'one' }], stop_reason: 'stop_sequence', stop_sequence: ' two' })
  })
})

describe('several tools', () => {
  it('are called together where the prompt names them', async () => {
    const client = new OpenAI({ baseURL: `${simulator.url}/openai/v1`, apiKey: KEY, maxRetries: 0 })
    const tools = ['get_weather', 'get_time', 'send_mail'].map((name) => ({
      type: 'function' as const,
      function: { name, parameters: SCHEMA },
    }))
    const messages = [{ role: 'user' as const, content: 'Get weather and get time in Rome' }]
    const stream = client.chat.completions.stream({ model: 'm', messages, tools })
    const message = await stream.finalMessage()
    const called = message.tool_calls?.map((call) => call.type === 'function' && call.function)
    expect(called).toMatchObject([
      { name: 'get_weather', arguments: '{"city":"Rome"}' },
      { name: 'get_time', arguments: '{"city":"Rome"}' },
    ])
    const none = await client.chat.completions.create({ model: 'm', messages, tools, tool_choice: 'none' })
    expect(none.choices[0]?.message.tool_calls).toBeUndefined()
  })
})
