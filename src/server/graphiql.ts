import type { GraphiQLOptions } from 'graphql-yoga'

/**
 * GraphiQL with queries that work once a key is given.
 * @param model a route or model that exists here
 */
export function graphiqlOptions(model: string): GraphiQLOptions {
  return {
    title: 'Switchyard',
    defaultQuery: defaultQuery(JSON.stringify(model)),
    // Plain ASCII: a browser sends no request at all whose header has anything else, not even the one for the schema.
    defaultHeaders: JSON.stringify({ Authorization: 'Bearer sy_YOUR_KEY' }, null, 2),
    subscriptionsProtocol: 'SSE',
    // Prompts are too long for a URL, and don't belong into the logs of whoever stands in between.
    method: 'POST',
  }
}

/**
 * Renders GraphiQL from files of ours, so that it works offline. They are megabytes: they are loaded when the page is
 * first asked for, and the page is then kept.
 */
export function graphiqlRenderer(): (options?: GraphiQLOptions) => Promise<Buffer<ArrayBuffer>> {
  let page: Promise<Buffer<ArrayBuffer>> | null = null
  return (options) => {
    page ??= render(options)
    return page
  }
}

async function render(options: GraphiQLOptions | undefined): Promise<Buffer<ArrayBuffer>> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  return Buffer.from(renderGraphiQL(options))
}

function defaultQuery(model: string): string {
  return `# Put your API key under "Headers" below, then run one of these with Ctrl-Enter.

mutation Complete {
  complete(input: { model: ${model}, prompt: "Why is the sky blue?" }) {
    __typename
    ... on Completion {
      text
      provider
      model
      cost { totalUsd }
      latency { totalMs }
    }
    ... on CallError {
      message
      retryable
    }
  }
}

subscription Stream {
  completionStream(input: { model: ${model}, prompt: "Why is the sky blue?" }) {
    __typename
    seq
    ... on TextDelta { text }
    ... on CompletionFinished { completion { usage { outputTokens } cost { totalUsd } } }
    ... on CompletionFailed { error { message } }
  }
}

query Ledger {
  viewer { project scopes }
  calls(first: 5) {
    edges { node { id status requestedModel provider model cost { totalUsd } } }
  }
}
`
}
