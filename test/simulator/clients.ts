import Anthropic from '@anthropic-ai/sdk'
import { type GenerateContentResponse, GoogleGenerativeAI } from '@google/generative-ai'
import OpenAI from 'openai'
import type { JsonObject } from '../../src/core/json.ts'
import type { WireName } from '../../src/simulator/ask.ts'

export interface Question {
  readonly model: string
  readonly prompt: string
  /** One tool, which must be called. */
  readonly tool?: { readonly name: string; readonly schema: JsonObject }
  readonly thinks?: boolean
  readonly maxTokens?: number
  readonly schema?: JsonObject
}

/** What an SDK makes of an answer, the same for all. */
export interface Heard {
  readonly text: string
  readonly reasoning: string
  readonly tools: readonly { readonly name: string; readonly arguments: unknown }[]
  readonly finish: string | null
  readonly input: number
  readonly output: number
  readonly cached: number
}

/** Asks a simulator through an official SDK. */
export interface Client {
  unary(question: Question): Promise<Heard>
  /** Folds the stream. */
  stream(question: Question): Promise<Heard>
}

export const KEY = 'sk-simulated-key-0001'

function parsed(text: string): unknown {
  return JSON.parse(text === '' ? '{}' : text)
}

function openAiChat(url: string, apiKey: string): Client {
  const client = new OpenAI({ baseURL: `${url}/openai/v1`, apiKey, maxRetries: 0 })
  const request = ({ model, prompt, tool, thinks, maxTokens, schema }: Question) => ({
    model,
    messages: [{ role: 'user' as const, content: prompt }],
    ...(tool && {
      tools: [
        {
          type: 'function' as const,
          function: { name: tool.name, parameters: tool.schema as Record<string, unknown> },
        },
      ],
      tool_choice: 'required' as const,
    }),
    ...(thinks && { reasoning_effort: 'low' as const }),
    ...(maxTokens && { max_completion_tokens: maxTokens }),
    ...(schema && {
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'shape', schema: schema as Record<string, unknown> },
      },
    }),
  })
  const counted = (usage: OpenAI.CompletionUsage | null | undefined) => ({
    input: usage?.prompt_tokens ?? 0,
    output: usage?.completion_tokens ?? 0,
    cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
  })
  return {
    async unary(question) {
      const { choices, usage } = await client.chat.completions.create(request(question))
      const [choice] = choices
      const calls = (choice?.message.tool_calls ?? []).flatMap((call) =>
        call.type === 'function' ? [call.function] : [],
      )
      return {
        text: choice?.message.content ?? choice?.message.refusal ?? '',
        reasoning: '',
        tools: calls.map((call) => ({ name: call.name, arguments: parsed(call.arguments) })),
        finish: choice?.finish_reason ?? null,
        ...counted(usage),
      }
    },
    async stream(question) {
      const stream = await client.chat.completions.create({
        ...request(question),
        stream: true,
        stream_options: { include_usage: true },
      })
      let text = ''
      let finish: string | null = null
      let usage: OpenAI.CompletionUsage | null | undefined
      const calls: { name: string; text: string }[] = []
      for await (const chunk of stream) {
        usage = chunk.usage ?? usage
        const [choice] = chunk.choices
        text += choice?.delta.content ?? choice?.delta.refusal ?? ''
        finish = choice?.finish_reason ?? finish
        for (const part of choice?.delta.tool_calls ?? []) {
          calls[part.index] ??= { name: '', text: '' }
          const call = calls[part.index]
          if (call === undefined) continue
          call.name += part.function?.name ?? ''
          call.text += part.function?.arguments ?? ''
        }
      }
      const tools = calls.map((call) => ({ name: call.name, arguments: parsed(call.text) }))
      return { text, reasoning: '', tools, finish, ...counted(usage) }
    },
  }
}

function openAiResponses(url: string, apiKey: string): Client {
  const client = new OpenAI({ baseURL: `${url}/openai/v1`, apiKey, maxRetries: 0 })
  const request = ({ model, prompt, tool, thinks, maxTokens, schema }: Question) => ({
    model,
    input: prompt,
    ...(tool && {
      tools: [
        {
          type: 'function' as const,
          name: tool.name,
          parameters: tool.schema as Record<string, unknown>,
          strict: false,
        },
      ],
      tool_choice: 'required' as const,
    }),
    ...(thinks && {
      reasoning: { effort: 'low' as const, summary: 'auto' as const },
      include: ['reasoning.encrypted_content' as const],
    }),
    ...(maxTokens && { max_output_tokens: maxTokens }),
    ...(schema && {
      text: { format: { type: 'json_schema' as const, name: 'shape', schema: schema as Record<string, unknown> } },
    }),
  })
  const heard = (response: OpenAI.Responses.Response): Heard => ({
    text: response.output
      .flatMap((item) => (item.type === 'message' ? item.content : []))
      .map((part) => (part.type === 'output_text' ? part.text : part.refusal))
      .join(''),
    reasoning: response.output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary : []))
      .map((part) => part.text)
      .join(''),
    tools: response.output.flatMap((item) =>
      item.type === 'function_call' ? [{ name: item.name, arguments: parsed(item.arguments) }] : [],
    ),
    finish: response.incomplete_details?.reason ?? response.status ?? null,
    input: response.usage?.input_tokens ?? 0,
    output: response.usage?.output_tokens ?? 0,
    cached: response.usage?.input_tokens_details.cached_tokens ?? 0,
  })
  return {
    unary: async (question) => heard(await client.responses.create(request(question))),
    async stream(question) {
      const events: OpenAI.Responses.ResponseStreamEvent[] = []
      for await (const event of await client.responses.create({ ...request(question), stream: true })) {
        if (event.sequence_number !== events.length) throw new Error(`gap before ${event.type}`)
        events.push(event)
      }
      const last = events.at(-1)
      if (last?.type !== 'response.completed' && last?.type !== 'response.incomplete') throw new Error('no end')
      const whole = heard(last.response)
      const texts = events.map((event) => (SPOKEN.has(event.type) && 'delta' in event ? event.delta : ''))
      const thoughts = events.map((event) =>
        event.type === 'response.reasoning_summary_text.delta' ? event.delta : '',
      )
      const tools = whole.tools.map(({ name }, index) => ({
        name,
        arguments: parsed(fragmentsOf(events)[index] ?? ''),
      }))
      return { ...whole, text: texts.join(''), reasoning: thoughts.join(''), tools }
    },
  }
}

const SPOKEN: ReadonlySet<string> = new Set(['response.output_text.delta', 'response.refusal.delta'])

function fragmentsOf(events: readonly OpenAI.Responses.ResponseStreamEvent[]): readonly string[] {
  const calls = new Map<string, string>()
  for (const event of events) {
    if (event.type !== 'response.function_call_arguments.delta') continue
    calls.set(event.item_id, (calls.get(event.item_id) ?? '') + event.delta)
  }
  return [...calls.values()]
}

function anthropic(url: string, apiKey: string): Client {
  const client = new Anthropic({ baseURL: `${url}/anthropic`, apiKey, maxRetries: 0 })
  const request = ({ model, prompt, tool, thinks, maxTokens, schema }: Question) => ({
    model,
    max_tokens: maxTokens ?? 4096,
    messages: [{ role: 'user' as const, content: prompt }],
    ...(tool && {
      tools: [{ name: tool.name, input_schema: { ...tool.schema, type: 'object' as const } }],
      tool_choice: { type: 'any' as const },
    }),
    ...(thinks && { thinking: { type: 'enabled' as const, budget_tokens: 1024 } }),
    ...(schema && {
      output_config: { format: { type: 'json_schema' as const, schema: schema as Record<string, unknown> } },
    }),
  })
  const heard = (message: Anthropic.Message): Heard => ({
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: message.content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    tools: message.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, arguments: block.input }] : [],
    ),
    finish: message.stop_reason,
    input: message.usage.input_tokens + (message.usage.cache_read_input_tokens ?? 0),
    output: message.usage.output_tokens,
    cached: message.usage.cache_read_input_tokens ?? 0,
  })
  return {
    unary: async (question) => heard(await client.messages.create(request(question))),
    stream: async (question) => heard(await client.messages.stream(request(question)).finalMessage()),
  }
}

function google(url: string, apiKey: string): Client {
  const model = ({ model: name, tool, thinks, maxTokens, schema }: Question) =>
    new GoogleGenerativeAI(apiKey).getGenerativeModel(
      {
        model: name,
        ...(tool && {
          tools: [{ functionDeclarations: [{ name: tool.name, parameters: tool.schema as never }] }],
          toolConfig: { functionCallingConfig: { mode: 'ANY' as never } },
        }),
        generationConfig: {
          ...(maxTokens && { maxOutputTokens: maxTokens }),
          ...(thinks && { thinkingConfig: { includeThoughts: true } }),
          ...(schema && { responseMimeType: 'application/json', responseSchema: schema as never }),
        },
      },
      { baseUrl: `${url}/google` },
    )
  const heard = (chunks: readonly GenerateContentResponse[]): Heard => {
    const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
    const said = (thought: boolean) =>
      parts
        .filter((part) => 'thought' in part === thought)
        .map((part) => part.text ?? '')
        .join('')
    const usage = chunks.at(-1)?.usageMetadata
    return {
      text: said(false),
      reasoning: said(true),
      tools: parts.flatMap(({ functionCall }) =>
        functionCall === undefined ? [] : [{ name: functionCall.name, arguments: functionCall.args }],
      ),
      finish: chunks.at(-1)?.candidates?.[0]?.finishReason ?? null,
      input: usage?.promptTokenCount ?? 0,
      output: (usage?.totalTokenCount ?? 0) - (usage?.promptTokenCount ?? 0),
      cached: usage?.cachedContentTokenCount ?? 0,
    }
  }
  return {
    async unary(question) {
      const { response } = await model(question).generateContent(question.prompt)
      return heard([response])
    },
    async stream(question) {
      const { stream, response } = await model(question).generateContentStream(question.prompt)
      response.catch(() => {})
      const chunks: GenerateContentResponse[] = []
      for await (const chunk of stream) chunks.push(chunk)
      return heard(chunks)
    },
  }
}

export const CLIENTS = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  anthropic,
  google,
} satisfies Record<WireName, (url: string, apiKey: string) => Client>

export interface RawOptions {
  readonly streaming: boolean
  readonly key?: string | null
  readonly prompt?: string
  readonly signal?: AbortSignal
}

/** Asks a simulator with plain fetch: no SDK between the test and the bytes. */
export function rawFetch(url: string, wire: WireName, model: string, options: RawOptions): Promise<Response> {
  const { streaming, key = KEY, prompt = 'What is the capital of France?', signal } = options
  const messages = [{ role: 'user', content: prompt }]
  const bearer = key === null ? {} : { authorization: `Bearer ${key}` }
  const requests = {
    'openai-chat': {
      path: '/openai/v1/chat/completions',
      headers: bearer,
      body: { model, messages, stream: streaming },
    },
    'openai-responses': {
      path: '/openai/v1/responses',
      headers: bearer,
      body: { model, input: messages, stream: streaming },
    },
    anthropic: {
      path: '/anthropic/v1/messages',
      headers: { 'anthropic-version': '2023-06-01', ...(key === null ? {} : { 'x-api-key': key }) },
      body: { model, messages, max_tokens: 1000, stream: streaming },
    },
    google: {
      path: `/google/v1beta/models/${model}:${streaming ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      headers: key === null ? {} : { 'x-goog-api-key': key },
      body: { contents: [{ role: 'user', parts: [{ text: prompt }] }] },
    },
  } satisfies Record<WireName, { path: string; headers: Record<string, string>; body: object }>
  const { path, headers, body } = requests[wire]
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
}
