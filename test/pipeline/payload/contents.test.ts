import { describe, expect, it } from 'vitest'
import type { CompletionInput } from '../../../src/core/completion-input.ts'
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts'
import type { CompletionRequest } from '../../../src/core/request.ts'
import { fullResponse, shapeOfResponse } from '../../../src/pipeline/payload/answered.ts'
import { fullRequest } from '../../../src/pipeline/payload/asked.ts'
import { shapeOfRequest } from '../../../src/pipeline/payload/asked-shape.ts'
import { withinBounds } from '../../../src/pipeline/payload/cuts.ts'
import { startTranscript } from '../../../src/pipeline/payload/transcript.ts'
import { checkEmbedInput } from '../../../src/pipeline/validate/check-embed-input.ts'
import { type CheckedInput, checkInput } from '../../../src/pipeline/validate/check-input.ts'
import { sampleAttempt } from '../../ledger/sample-calls.ts'

const ATTEMPT = sampleAttempt()

const PNG = `data:image/png;base64,${'iVBORw0KGgoA'.repeat(3)}`

const EVERYTHING: CompletionInput = {
  model: 'chat',
  messages: [
    { system: 'Quietword one' },
    {
      user: [
        { text: 'Quietword two' },
        { imageUrl: PNG },
        { imageUrl: 'https://quietword.example/three.png' },
        { file: { mediaType: 'application/pdf', data: 'cXVpZXR3b3Jk', name: 'quietword.pdf' } },
      ],
    },
    {
      assistant: {
        text: 'Quietword four',
        toolCalls: [{ id: 'call_1', name: 'look_up', arguments: { quietword: 'five' } }],
        providerState: { provider: 'openai', state: { sealed: 'quietword' } },
      },
    },
    { toolResult: { toolCallId: 'call_1', content: 'Quietword six', isError: true } },
    { user: [{ text: 'And now?' }] },
  ],
  tools: [{ name: 'look_up', description: 'quietword', parameters: { type: 'object' }, strict: true }],
  toolChoice: { tool: 'look_up' },
  output: { schema: { name: 'answer', schema: { type: 'object', description: 'quietword' } } },
  maxOutputTokens: 17,
  temperature: 0.5,
  topP: 0.9,
  stop: ['quietword'],
  seed: 4,
  reasoning: { effort: 'LOW', maxTokens: 1_024 },
  routing: { fallbacks: ['openai/gpt-5-mini'], maxCostUsd: '0.05', totalTimeoutMs: 5_000, midStream: 'FAIL' },
  cache: 'BYPASS',
  providerOptions: { openai: { user: 'quietword' } },
}

function checked(result: CheckedInput): CompletionRequest {
  if (result.ok) return result.request
  throw new Error(JSON.stringify(result.issues))
}

function inputOf(content: JsonObject): CompletionInput {
  const { input } = content
  if (!isJsonObject(input)) throw new Error('no input')
  return JSON.parse(JSON.stringify(input))
}

describe('a whole request', () => {
  it.each([
    ['with everything', EVERYTHING],
    ['with a prompt alone', { model: 'chat', prompt: 'Hi' }],
    ['with a mode of tool choice', { ...EVERYTHING, toolChoice: { mode: 'REQUIRED' }, output: { format: 'JSON' } }],
  ] satisfies [string, CompletionInput][])('%s can be sent again, and is then the same', (_, input) => {
    const request = checked(checkInput(input))
    expect(checked(checkInput(inputOf(fullRequest(request))))).toEqual(request)
  })

  it('for vectors too', () => {
    const request = checked(checkEmbedInput({ model: 'a/b', texts: ['one', 'two'], dimensions: 64 }))
    const { model, ...others } = inputOf(fullRequest(request))
    expect({ model, ...others }).toEqual({ model: 'a/b', texts: ['one', 'two'], dimensions: 64 })
  })

  it('keeps of long media only what they were, and says so', () => {
    const data = 'A'.repeat(100_000)
    const user = [{ imageUrl: `data:image/png;base64,${data}` }, { file: { mediaType: 'application/pdf', data } }]
    const content = fullRequest(checked(checkInput({ model: 'chat', messages: [{ user }] })))
    expect(content).toEqual({
      store: 'FULL',
      input: {
        model: 'chat',
        messages: [
          { user: [{ imageUrl: 'data:image/png;base64,' }, { file: { mediaType: 'application/pdf', data: '' } }] },
        ],
      },
      cut: [
        { path: 'input.messages.0.user.0.imageUrl', characters: 100_022, kept: 22 },
        { path: 'input.messages.0.user.1.file.data', characters: 100_000, kept: 0 },
      ],
    })
  })
})

describe('the shape of a request', () => {
  it('has no word of its content', () => {
    const shape = shapeOfRequest(checked(checkInput(EVERYTHING)))
    expect(JSON.stringify(shape).toLowerCase()).not.toContain('quietword')
    expect(shape).toMatchObject({
      store: 'METADATA',
      model: 'chat',
      messages: [
        { role: 'system', characters: 13 },
        {
          role: 'user',
          parts: [
            { type: 'text', characters: 13 },
            { type: 'image', mediaType: 'image/png', characters: PNG.length },
            { type: 'image', mediaType: null },
            { type: 'file', mediaType: 'application/pdf', characters: 12 },
          ],
        },
        { role: 'assistant', characters: 14, toolCalls: [{ name: 'look_up', characters: 20 }] },
        { role: 'tool', characters: 13, isError: true },
        { role: 'user' },
      ],
      tools: [{ name: 'look_up' }],
      toolChoice: { type: 'tool', name: 'look_up' },
      output: { type: 'schema' },
      sampling: { maxOutputTokens: 17, temperature: 0.5, stop: 1 },
      reasoning: { effort: 'LOW', maxTokens: 1_024 },
      providerOptions: [{ provider: 'openai', characters: 20 }],
    })
  })
})

describe('what was answered', () => {
  it('is what was sent since output was last voided, where no answer came', () => {
    const transcript = startTranscript()
    expect(transcript.said()).toEqual({ type: 'nothing' })
    transcript.note({ type: 'text', text: 'forget me' })
    const attempt = ATTEMPT
    transcript.note({ type: 'attemptFailed', attempt, outputVoided: true, willContinue: true })
    transcript.note({ type: 'reasoning', text: 'hm' })
    transcript.note({ type: 'text', text: 'Hel' })
    transcript.note({ type: 'text', text: 'lo' })
    transcript.note({ type: 'toolCall', index: 0, id: 'c1', name: 'look_up', argumentsDelta: '{"a"' })
    transcript.note({ type: 'toolCall', index: 0, id: null, name: null, argumentsDelta: ':1' })
    transcript.note({ type: 'attemptFailed', attempt, outputVoided: false, willContinue: false })
    const said = transcript.said()
    expect(fullResponse(said)).toEqual({
      store: 'FULL',
      complete: false,
      text: 'Hello',
      reasoning: 'hm',
      toolCalls: [{ id: 'c1', name: 'look_up', argumentsText: '{"a":1' }],
      cut: [],
    })
    expect(shapeOfResponse(said)).toEqual({
      store: 'METADATA',
      complete: false,
      characters: 5,
      reasoningCharacters: 2,
      toolCalls: [{ name: 'look_up', characters: 6 }],
      cut: [],
    })
  })

  it('is the answer, where one came', () => {
    const transcript = startTranscript()
    transcript.note({ type: 'text', text: '{"a":1}' })
    const toolCalls = [{ id: 'c1', name: 'look_up', arguments: { a: 1 } }]
    const output = { text: '{"a":1}', reasoning: null, toolCalls }
    const providerState = { provider: 'openai', state: ['sealed'] }
    const outcome = {
      type: 'completion',
      output,
      json: { a: 1 },
      reason: 'STOP',
      lengthLimit: null,
      providerState,
    } as const
    transcript.note({ type: 'answered', attempt: ATTEMPT, outcome, wentOnFrom: [] })
    expect(fullResponse(transcript.said())).toEqual({
      store: 'FULL',
      complete: true,
      ...output,
      json: { a: 1 },
      finishReason: 'STOP',
      providerState,
      cut: [],
    })
    expect(shapeOfResponse(transcript.said())).toEqual({
      store: 'METADATA',
      complete: true,
      characters: 7,
      reasoningCharacters: 0,
      toolCalls: [{ name: 'look_up', characters: 7 }],
      json: true,
      finishReason: 'STOP',
      cut: [],
    })
  })

  it('is of vectors only how many', () => {
    const transcript = startTranscript()
    const outcome = {
      type: 'embedding',
      vectors: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    } as const
    transcript.note({ type: 'answered', attempt: ATTEMPT, outcome, wentOnFrom: [] })
    expect(fullResponse(transcript.said())).toEqual({
      store: 'FULL',
      complete: true,
      vectors: 2,
      dimensions: 3,
      cut: [],
    })
  })
})

describe('a content that is too long', () => {
  it('is cut where it is longest, no more than it takes', () => {
    const content = withinBounds({ store: 'FULL', short: 'x'.repeat(90_000), long: ['y'.repeat(5_000_000)] })
    expect(content.short).toBe('x'.repeat(90_000))
    expect(content.long).toEqual(['y'.repeat(1_000_000)])
    expect(content.cut).toEqual([{ path: 'long.0', characters: 5_000_000, kept: 1_000_000 }])
  })

  it('is cut everywhere where it has many texts, and tells of the first hundred', () => {
    const content = withinBounds({ store: 'FULL', texts: Array.from({ length: 1_000 }, () => 'z'.repeat(20_000)) })
    expect(JSON.stringify(content).length).toBeLessThan(4_000_000)
    expect(content.texts).toContain('z'.repeat(1_000))
    expect(content.cut).toHaveLength(100)
  })

  it('is left out where it is too many small values', () => {
    const content = withinBounds({ store: 'METADATA', parts: Array.from({ length: 3_000_000 }, () => 7) })
    expect(content).toEqual({ store: 'METADATA', cut: [{ path: '', characters: expect.any(Number), kept: 0 }] })
  })
})
