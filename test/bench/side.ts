import { Agent, request } from 'undici'

/** One way to ask the same model: straight, or through the gateway. */
export interface Side {
  readonly name: string
  /** One answer in one piece. @throws where it is not a success */
  unary(): Promise<void>
  /** Reads one stream to its end; resolves with the characters of text in it. */
  stream(model: string): Promise<number>
}

const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 30_000 })

async function post(url: string, headers: Record<string, string>, body: unknown) {
  const answer = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    dispatcher: agent,
  })
  if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode} ${await answer.body.text()}`)
  return answer.body
}

const PROMPT = 'Why is the sky blue?'

/** The simulator's Chat Completions API, or whatever relays it. */
export function direct(name: string, origin: string, unaryModel: string): Side {
  const url = `${origin}/openai/v1/chat/completions`
  const headers = { authorization: 'Bearer bench' }
  const ask = (model: string, stream: boolean) =>
    post(url, headers, { model, stream, messages: [{ role: 'user', content: PROMPT }] })
  return {
    name,
    async unary() {
      const body = await ask(unaryModel, false)
      if (!(await body.text()).includes('"choices"')) throw new Error('no completion came')
    },
    async stream(model) {
      return textLength(await ask(model, true), (data) => {
        const chunk = data as { choices?: { delta?: { content?: string } }[] }
        return chunk.choices?.[0]?.delta?.content
      })
    },
  }
}

const COMPLETE = `mutation($input: CompletionInput!) { complete(input: $input) {
  __typename ... on Completion { text usage { inputTokens outputTokens } cost { totalUsd } } ... on CallError { message } } }`

const STREAM = `subscription($input: CompletionInput!) { completionStream(input: $input) {
  __typename ... on TextDelta { text } ... on CompletionFinished { completion { finishReason cost { totalUsd } } }
  ... on CompletionFailed { error { message } } } }`

export function gateway(origin: string, key: string, provider: string, unaryModel: string): Side {
  const url = `${origin}/graphql`
  const authorization = `Bearer ${key}`
  const variables = (model: string) => ({ input: { model: `${provider}/${model}`, prompt: PROMPT } })
  return {
    name: 'switchyard',
    async unary() {
      const body = await post(url, { authorization }, { query: COMPLETE, variables: variables(unaryModel) })
      const text = await body.text()
      if (!text.includes('"__typename":"Completion"')) throw new Error(text)
    },
    async stream(model) {
      const headers = { authorization, accept: 'text/event-stream' }
      const body = await post(url, headers, { query: STREAM, variables: variables(model) })
      return textLength(body, (data) => {
        const event = (data as { data?: { completionStream?: { __typename: string; text?: string } } }).data
        if (event?.completionStream?.__typename === 'CompletionFailed') throw new Error(JSON.stringify(data))
        return event?.completionStream?.text
      })
    },
  }
}

async function textLength(body: AsyncIterable<Buffer>, textOf: (data: unknown) => string | undefined): Promise<number> {
  let length = 0
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('data: {')) length += textOf(JSON.parse(line.slice(6)))?.length ?? 0
    }
  }
  return length
}
