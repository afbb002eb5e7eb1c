import type { Call, CallError, CallPage, Completion, Plan, UsageReport } from './answers.ts'
import { CALL, CALL_EVENTS, CALLS, CANCEL, COMPLETE, EXPLAIN, STREAM, USAGE_REPORT } from './documents.ts'
import { type EventStream, openStream } from './event-stream.ts'

export type Input = Readonly<Record<string, unknown>> & { readonly model: string }

export interface GraphqlError {
  readonly message: string
  readonly extensions?: Readonly<Record<string, unknown>>
}

export interface GraphqlAnswer<Data> {
  readonly status: number
  readonly data: Data | null
  readonly errors: readonly GraphqlError[]
}

/** A frontend with an API key. */
export interface Client {
  readonly secret: string
  /** One query or mutation, with plain fetch. */
  post<Data>(query: string, variables?: unknown, signal?: AbortSignal): Promise<GraphqlAnswer<Data>>
  complete(input: Input, signal?: AbortSignal): Promise<Completion | CallError>
  /** The same where only an answer will do. */
  answer(input: Input): Promise<Completion>
  /** The same where only an error will do. */
  refusal(input: Input): Promise<CallError>
  stream(input: Input): Promise<EventStream>
  callEvents(callId: string, after?: number): Promise<EventStream>
  cancel(id: string): Promise<Call | { readonly __typename: 'NotFoundError'; readonly message: string }>
  /** The call's row once it has ended. */
  ended(id: string): Promise<Call>
  call(id: string): Promise<Call | null>
  calls(variables?: unknown): Promise<CallPage>
  explain(input: Input): Promise<Plan>
  usage(variables: unknown): Promise<UsageReport>
}

/** How long a test waits for what follows at once, in milliseconds: much longer than it takes on an idle machine. */
const PATIENCE_MS = 5_000

export function clientOf(url: string, secret: string): Client {
  async function post<Data>(query: string, variables?: unknown, signal?: AbortSignal): Promise<GraphqlAnswer<Data>> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      ...(signal ? { signal } : {}),
    })
    const { data = null, errors = [] } = (await response.json()) as Partial<GraphqlAnswer<Data>>
    return { status: response.status, data, errors }
  }

  async function ask<Data>(query: string, variables?: unknown, signal?: AbortSignal): Promise<Data> {
    const { data, errors } = await post<Data>(query, variables, signal)
    if (!data || errors.length > 0) throw new Error(`GraphQL errors: ${JSON.stringify(errors)}`)
    return data
  }

  async function complete(input: Input, signal?: AbortSignal) {
    return (await ask<{ complete: Completion | CallError }>(COMPLETE, { input }, signal)).complete
  }

  const call = async (id: string) => (await ask<{ call: Call | null }>(CALL, { id })).call

  return {
    secret,
    post,
    complete,
    call,
    async answer(input) {
      const result = await complete(input)
      if (result.__typename === 'Completion') return result
      throw new Error(`${result.__typename}: ${result.message}`)
    },
    async refusal(input) {
      const result = await complete(input)
      if (result.__typename !== 'Completion') return result
      throw new Error(`There is an answer: ${result.text}`)
    },
    stream: (input) => openStream(url, secret, { query: STREAM, variables: { input } }),
    callEvents: (callId, after = 0) => openStream(url, secret, { query: CALL_EVENTS, variables: { callId, after } }),
    cancel: async (id) => (await ask<{ cancelCall: Awaited<ReturnType<Client['cancel']>> }>(CANCEL, { id })).cancelCall,
    ended: (id) =>
      eventually(async () => {
        const row = await call(id)
        return row && row.status !== 'RUNNING' ? row : null
      }),
    calls: async (variables = {}) => (await ask<{ calls: CallPage }>(CALLS, variables)).calls,
    explain: async (input) => (await ask<{ explainRoute: Plan }>(EXPLAIN, { input })).explainRoute,
    usage: async (variables) => (await ask<{ usage: UsageReport }>(USAGE_REPORT, variables)).usage,
  }
}

/** What a look brings once it brings something; fails when it takes too long. */
export async function eventually<T>(look: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const found = await look()
    if (found !== null) return found
    if (performance.now() > end) throw new Error(`Nothing came within ${PATIENCE_MS} ms: ${look.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
