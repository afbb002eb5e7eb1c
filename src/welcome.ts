import type { Settings } from './core/settings.ts'

export interface WelcomeFacts {
  /** The GraphQL endpoint. */
  readonly url: string
  readonly settings: Settings
  readonly configFile: string | null
  /** Whether the built-in simulator answers in place of real providers. */
  readonly simulated: boolean
  /** The first API key, where this start made it; its only appearance. */
  readonly newKey: string | null
}

const SIMULATOR_NOTE = `
  !! No provider key is set: every answer comes from the built-in SIMULATOR, not from a model.
  !! Set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY and start again for real answers.
`

/** What a newcomer reads after the start: where it is, with which key, and one line to try it. */
export function welcome(facts: WelcomeFacts): string {
  const { url, settings, configFile, simulated, newKey } = facts
  const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name).join(', ') || 'none'
  return [
    '',
    '  Switchyard is up.',
    '',
    `  GraphiQL       ${url}`,
    `  Ledger         ${ledgerPlace(settings)}`,
    `  Configuration  ${configFile ?? 'none; the defaults hold'}`,
    `  Providers      ${names(settings.providers)}`,
    `  Routes         ${names(settings.routes)}`,
    simulated ? SIMULATOR_NOTE : '',
    ...keyLines(newKey),
    '',
    'Try it:',
    curlLine(url, newKey ?? '$SWITCHYARD_API_KEY', settings),
    '',
  ].join('\n')
}

function ledgerPlace({ database }: Settings): string {
  if (database.type === 'postgres') return `Postgres at ${new URL(database.url).host}`
  return `embedded Postgres in ${database.directory} (set DATABASE_URL to use a server)`
}

function keyLines(newKey: string | null): readonly string[] {
  if (newKey === null) return ['API keys: npm run switchyard -- key list   (make one: key create --project default)']
  return [`API key: ${newKey}`, '(shown this once; every request carries it as Authorization: Bearer <key>)']
}

/** A line for a POSIX shell. Where the key is a variable, it stands in double quotes. */
function curlLine(url: string, key: string, { routes, providers }: Settings): string {
  const model = routes[0]?.name ?? `${providers[0]?.name ?? 'openai'}/gpt-5-mini`
  const query =
    'mutation($input: CompletionInput!) { complete(input: $input) { __typename ' +
    '... on Completion { text provider model cost { totalUsd } } ... on CallError { message } } }'
  const body = JSON.stringify({ query, variables: { input: { model, prompt: 'Why is the sky blue?' } } })
  return `curl -s ${url} -H 'content-type: application/json' -H "authorization: Bearer ${key}" -d '${body}'`
}
