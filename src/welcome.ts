import { relative } from 'node:path'
import type { Settings } from './core/settings.ts'

export interface WelcomeFacts {
  /** The GraphQL endpoint. */
  readonly url: string
  readonly settings: Settings
  /** What paths are told from. */
  readonly workingDirectory: string
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
  const { url, settings, workingDirectory, configFile, simulated, newKey } = facts
  const path = (absolute: string) => shortened(absolute, workingDirectory)
  const names = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name).join(', ') || 'none'
  return [
    '',
    '  Switchyard is up.',
    '',
    `  GraphiQL       ${url}`,
    `  Ledger         ${ledgerPlace(settings, path)}`,
    `  Configuration  ${configFile === null ? 'none; the defaults hold' : path(configFile)}`,
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

function ledgerPlace({ database }: Settings, path: (absolute: string) => string): string {
  if (database.type === 'postgres') return `Postgres at ${new URL(database.url).host}`
  return `embedded Postgres in ${path(database.directory)} (set DATABASE_URL to use a server)`
}

/** Relative where that is shorter to read: below the working directory. */
function shortened(absolute: string, workingDirectory: string): string {
  const short = relative(workingDirectory, absolute)
  return short === '' || short.startsWith('..') ? absolute : short
}

function keyLines(newKey: string | null): readonly string[] {
  if (newKey === null) return ['API keys: npm run switchyard -- key list   (make one: key create --project default)']
  return [`API key: ${newKey}`, '(shown this once; every request carries it as Authorization: Bearer <key>)']
}

/** A line for a POSIX shell. Where the key is a variable, it stands in double quotes. */
function curlLine(url: string, key: string, { routes, models, providers }: Settings): string {
  const model = routes[0]?.name ?? models[0]?.id ?? `${providers[0]?.name ?? 'provider'}/<model>`
  const query =
    'mutation($input: CompletionInput!) { complete(input: $input) { __typename ' +
    '... on Completion { text provider model cost { totalUsd } } ... on CallError { message } } }'
  const body = JSON.stringify({ query, variables: { input: { model, prompt: 'Why is the sky blue?' } } })
  return `curl -s ${url} -H 'content-type: application/json' -H "authorization: Bearer ${key}" -d '${body}'`
}
