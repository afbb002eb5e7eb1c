import { type Command, InvalidArgumentError } from 'commander'
import { createKey, listKeys, type NamedKeyChange, revokeKey, rotateKey } from '../access/api-keys.ts'
import { SCOPES, type Scope } from '../core/caller.ts'
import { readDuration } from './duration.ts'
import { readExpiry } from './expiry.ts'
import { KEY_HEADINGS, keyJson, keyRow } from './key-row.ts'
import { readName } from './read-name.ts'
import type { Shell } from './shell.ts'
import { formatTable } from './table.ts'
import { UserError } from './user-error.ts'
import { withTables } from './with-tables.ts'

export function addKeyCommand(program: Command, shell: Shell): void {
  const key = program.command('key').description('API keys of this server: what its callers send')
  addCreate(key, shell)
  addList(key, shell)
  addRotate(key, shell)
  addRevoke(key, shell)
}

interface CreateFlags {
  readonly project: string
  readonly name?: string
  readonly scope?: readonly Scope[]
  readonly expires?: number
  readonly json?: boolean
}

/** What an application needs; administering is asked for by name. */
const USUAL_SCOPES: readonly Scope[] = ['complete', 'read']

function addCreate(key: Command, shell: Shell): void {
  key
    .command('create')
    .description('make a key and show it, this once')
    .requiredOption('-p, --project <name>', 'the project it belongs to, made where it does not exist', readName)
    .option('-n, --name <name>', 'what to call it', readName)
    .option('-s, --scope <scope>', `${SCOPES.join(', ')}; repeat for several (default: ${USUAL_SCOPES})`, addScope)
    .option('-e, --expires <when>', '12h, 30d or a date (default: never)', (text) =>
      readExpiry(text, shell.clock.now()),
    )
    .option('--json', 'print JSON')
    .action(async ({ project, name, scope, expires, json }: CreateFlags) => {
      const input = { project, ...(name && { name }), scopes: scope ?? USUAL_SCOPES, expiresAt: expires ?? null }
      const created = await withTables(shell, (database) => createKey(database, input, shell.clock))
      if (json) return shell.print(`${JSON.stringify({ secret: created.secret, ...keyJson(created.key) }, null, 2)}\n`)
      shell.print(`API key: ${created.secret}\n(shown this once; its id is ${created.key.id})\n`)
    })
}

function addList(key: Command, shell: Shell): void {
  key
    .command('list')
    .description('list keys, without their secrets')
    .option('-p, --project <name>', 'those of one project')
    .option('--json', 'print JSON')
    .action(async ({ project, json }: { readonly project?: string; readonly json?: boolean }) => {
      const keys = await withTables(shell, (database) => listKeys(database, project ?? null))
      if (json) return shell.print(`${JSON.stringify(keys.map(keyJson), null, 2)}\n`)
      if (keys.length === 0) return shell.print('There are no keys.\n')
      const now = shell.clock.now()
      const rows = keys.map((found) => keyRow(found, now))
      shell.print(formatTable(KEY_HEADINGS, rows))
    })
}

const ONE_DAY_MS = 86_400_000
const LONGEST_OVERLAP_MS = 30 * ONE_DAY_MS

function addRotate(key: Command, shell: Shell): void {
  key
    .command('rotate')
    .description('put a new key in the place of one, which goes on for a while')
    .argument('<key>', 'its id, or the prefix that key list shows')
    .option('-o, --overlap <time>', 'how long the old one goes on: 30m, 24h, 7d or 0 (default: 24h)', (text) =>
      readDuration(text, LONGEST_OVERLAP_MS),
    )
    .option('--json', 'print JSON')
    .action(async (idOrPrefix: string, { overlap, json }: { readonly overlap?: number; readonly json?: boolean }) => {
      const { secret, key, replaced } = changed(
        idOrPrefix,
        await withTables(shell, (database) => rotateKey(database, idOrPrefix, overlap ?? ONE_DAY_MS, shell.clock)),
      )
      if (json) {
        const shown = { secret, ...keyJson(key), replaced: keyJson(replaced) }
        return shell.print(`${JSON.stringify(shown, null, 2)}\n`)
      }
      const until = new Date(replaced.expiresAt ?? 0).toISOString()
      shell.print(
        `API key: ${secret}\n(shown this once; its id is ${key.id})\n${replaced.prefix}… goes on until ${until}.\n`,
      )
    })
}

function addRevoke(key: Command, shell: Shell): void {
  key
    .command('revoke')
    .description('end a key; in force within a second')
    .argument('<key>', 'its id, or the prefix that key list shows')
    .option('--json', 'print JSON')
    .action(async (idOrPrefix: string, { json }: { readonly json?: boolean }) => {
      const revoked = changed(
        idOrPrefix,
        await withTables(shell, (database) => revokeKey(database, idOrPrefix, shell.clock)),
      )
      if (json) return shell.print(`${JSON.stringify(keyJson(revoked), null, 2)}\n`)
      shell.print(`Revoked ${revoked.prefix}… (${revoked.id}) of project ${revoked.project}.\n`)
    })
}

/** @throws UserError where nothing was changed */
function changed<T>(idOrPrefix: string, done: NamedKeyChange<T>): T {
  switch (done.type) {
    case 'done':
      return done.value
    case 'unknown':
      throw new UserError(`No key has the id or prefix "${idOrPrefix}".`)
    case 'ambiguous': {
      const ids = done.keys.map(({ id }) => id).join(', ')
      throw new UserError(`Several keys begin with "${idOrPrefix}": name one by its id: ${ids}`)
    }
    case 'invalid':
      throw new UserError(done.issues.map(({ message }) => message).join(' '))
  }
}

function addScope(text: string, before: readonly Scope[] = []): readonly Scope[] {
  const scope = SCOPES.find((known) => known === text)
  if (scope === undefined) throw new InvalidArgumentError(`Write one of ${SCOPES.join(', ')}.`)
  return [...new Set([...before, scope])]
}
