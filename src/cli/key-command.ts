import { type Command, InvalidArgumentError } from 'commander'
import { type ApiKey, createKey, listKeys, revokeKey } from '../access/api-keys.ts'
import { SCOPES, type Scope } from '../core/caller.ts'
import type { Database } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { readExpiry } from './expiry.ts'
import type { Shell } from './shell.ts'
import { formatTable } from './table.ts'
import { UserError } from './user-error.ts'
import { withDatabase } from './with-database.ts'

export function addKeyCommand(program: Command, shell: Shell): void {
  const key = program.command('key').description('API keys of this server: what its callers send')
  addCreate(key, shell)
  addList(key, shell)
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
      if (json) return shell.print(`${JSON.stringify({ secret: created.secret, ...asJson(created.key) }, null, 2)}\n`)
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
      if (json) return shell.print(`${JSON.stringify(keys.map(asJson), null, 2)}\n`)
      if (keys.length === 0) return shell.print('There are no keys.\n')
      const headings = ['ID', 'PREFIX', 'PROJECT', 'NAME', 'SCOPES', 'CREATED', 'STATE']
      shell.print(
        formatTable(
          headings,
          keys.map((found) => asRow(found, shell.clock.now())),
        ),
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
      const done = await withTables(shell, (database) => revokeKey(database, idOrPrefix, shell.clock))
      if (done.type === 'unknown') throw new UserError(`No key has the id or prefix "${idOrPrefix}".`)
      if (done.type === 'ambiguous') {
        const ids = done.keys.map(({ id }) => id).join(', ')
        throw new UserError(`Several keys begin with "${idOrPrefix}": name one by its id: ${ids}`)
      }
      if (json) return shell.print(`${JSON.stringify(asJson(done.key), null, 2)}\n`)
      shell.print(`Revoked ${done.key.prefix}… (${done.key.id}) of project ${done.key.project}.\n`)
    })
}

/** Keys can be made before the first start. */
function withTables<T>(shell: Shell, task: (database: Database) => Promise<T>): Promise<T> {
  return withDatabase(shell, async (database) => {
    await migrate(database, shell.clock)
    return task(database)
  })
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:@/-]{0,99}$/u

function readName(text: string): string {
  if (NAME.test(text)) return text
  throw new InvalidArgumentError(
    'Write 1 to 100 letters, digits, spaces or any of . _ : @ / - and begin with one of the first two.',
  )
}

function addScope(text: string, before: readonly Scope[] = []): readonly Scope[] {
  const scope = SCOPES.find((known) => known === text)
  if (scope === undefined) throw new InvalidArgumentError(`Write one of ${SCOPES.join(', ')}.`)
  return [...new Set([...before, scope])]
}

function asJson(key: ApiKey) {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return { ...key, createdAt: iso(key.createdAt), expiresAt: iso(key.expiresAt), revokedAt: iso(key.revokedAt) }
}

function asRow(key: ApiKey, now: number): readonly string[] {
  const { id, prefix, project, name, scopes, createdAt } = key
  return [id, `${prefix}…`, project, name, scopes.join(','), dayOf(createdAt), stateOf(key, now)]
}

function stateOf({ revokedAt, expiresAt }: ApiKey, now: number): string {
  if (revokedAt !== null) return `revoked ${dayOf(revokedAt)}`
  if (expiresAt === null) return 'active'
  return expiresAt <= now ? `expired ${dayOf(expiresAt)}` : `active until ${dayOf(expiresAt)}`
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
