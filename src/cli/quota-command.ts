import { type Command, InvalidArgumentError } from 'commander'
import type { Clock } from '../core/clock.ts'
import { QUOTA_UNITS, QUOTA_WINDOWS, type Quota, type QuotaUnit, type QuotaWindow } from '../core/quota.ts'
import type { QuotaAdmin } from '../core/quota-admin.ts'
import type { Database } from '../database/database.ts'
import { quotaAdmin } from '../ledger/quota/quota-changes.ts'
import { readQuotas } from '../ledger/quota/quota-list.ts'
import { namedProject } from './named-project.ts'
import { QUOTA_HEADINGS, quotaJson, quotaRow, quotaText, wordOf } from './quota-row.ts'
import { type QuotaScopeFlags, quotaScope } from './quota-scope-flags.ts'
import type { Shell } from './shell.ts'
import { formatTable } from './table.ts'
import { UserError } from './user-error.ts'
import { withTables } from './with-tables.ts'

export function addQuotaCommand(program: Command, shell: Shell): void {
  const quota = program.command('quota').description('limits on dollars, tokens, requests and calls at once')
  addSet(quota, shell)
  addList(quota, shell)
  addDelete(quota, shell)
}

interface SetFlags extends QuotaScopeFlags {
  readonly project?: string
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  readonly limit: string
  readonly thresholds?: readonly number[]
  readonly comment?: string
  readonly json?: boolean
}

function addSet(quota: Command, shell: Shell): void {
  quota
    .command('set')
    .description('set a quota, or change the one for the same scope, unit and window; in force within a second')
    .option('-p, --project <name>', 'the project whose calls it limits; not with --installation')
    .requiredOption('-u, --unit <unit>', 'usd, tokens, requests or concurrent-calls', (text) =>
      readWord(QUOTA_UNITS, text),
    )
    .option(
      '-w, --window <window>',
      'minute, hour, day, month or total',
      (text) => readWord(QUOTA_WINDOWS, text),
      'TOTAL',
    )
    .requiredOption('-l, --limit <amount>', 'the most that may be used in one window: dollars, or a whole number')
    .option('--key <id>', 'limits calls made with this API key')
    .option('--end-user <id>', 'limits calls for this end user')
    .option('--each-end-user', 'limits each end user for himself')
    .option('--tag <key=value>', 'limits calls with this tag', readTag)
    .option('--route <name>', 'limits calls that ask for this route, or for this model by name')
    .option('--installation', 'limits all calls of all projects')
    .option('--thresholds <percents>', 'where an event is told, such as 50,80,100', readThresholds)
    .option('-c, --comment <text>', 'why, for the audit log')
    .option('--json', 'print JSON')
    .action(async ({ project, unit, window, limit, thresholds, comment, json, ...flags }: SetFlags) => {
      const scope = quotaScope(flags)
      if ((project === undefined) !== (scope.type === 'installation')) {
        throw new UserError('Give either --project or --installation.')
      }
      const draft = { scope, unit, window, limit, thresholds: thresholds ?? null, comment: comment ?? null }
      const change = await withTables(shell, async (database) => {
        const projectId = project === undefined ? null : await namedProject(database, project)
        return admin(database, shell.clock).set(draft, { projectId, apiKeyId: null })
      })
      if (change.type === 'invalid') throw new UserError(change.issues.map(({ message }) => message).join(' '))
      print(shell, 'Set', change.quota, json)
    })
}

function addList(quota: Command, shell: Shell): void {
  quota
    .command('list')
    .description("list a project's quotas and those of the installation, with what is used and reserved now")
    .requiredOption('-p, --project <name>', 'the project that they limit')
    .option('--end-user <id>', 'whose windows to show of quotas for each end user (default: who used most)')
    .option('--json', 'print JSON')
    .action(async ({ project, endUser, json }: { project: string; endUser?: string; json?: boolean }) => {
      const quotas = await withTables(shell, async (database) =>
        readQuotas(database, {
          projectId: await namedProject(database, project),
          apiKeyId: null,
          view: { endUser: endUser ?? null, installation: 'shown' },
          now: shell.clock.now(),
        }),
      )
      if (json) return shell.print(`${JSON.stringify(quotas.map(quotaJson), null, 2)}\n`)
      if (quotas.length === 0) return shell.print('There are no quotas.\n')
      shell.print(formatTable(QUOTA_HEADINGS, quotas.map(quotaRow)))
    })
}

function addDelete(quota: Command, shell: Shell): void {
  quota
    .command('delete')
    .description('remove a quota with all that was counted for it; in force within a second')
    .argument('<id>', 'as quota list shows it')
    .option('-c, --comment <text>', 'why, for the audit log')
    .option('--json', 'print JSON')
    .action(async (id: string, { comment, json }: { readonly comment?: string; readonly json?: boolean }) => {
      const removal = await withTables(shell, (database) =>
        admin(database, shell.clock).delete(id, { apiKeyId: null, comment: comment ?? null }, { type: 'anyone' }),
      )
      if (removal.type === 'unknown') throw new UserError(removal.message)
      print(shell, 'Deleted', removal.quota, json)
    })
}

/** The command line knows no routes that were published, so it takes any name. */
function admin(database: Database, clock: Clock): QuotaAdmin {
  return quotaAdmin({ database, clock, isRoute: () => true })
}

/** @throws InvalidArgumentError naming what may be written */
function readWord<Word extends string>(words: readonly Word[], text: string): Word {
  const word = words.find((each) => wordOf(each) === text.toLowerCase())
  if (word === undefined) throw new InvalidArgumentError(`Write one of ${words.map(wordOf).join(', ')}.`)
  return word
}

function readTag(text: string): NonNullable<QuotaScopeFlags['tag']> {
  const [, key, value] = /^([^=]+)=(.+)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Write key=value.')
  return { type: 'tag', key, value }
}

function readThresholds(text: string): readonly number[] {
  if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number)
  throw new InvalidArgumentError('Write percents with commas, such as 50,80,100.')
}

function print(shell: Shell, said: string, quota: Quota, json: boolean | undefined): void {
  const text = json ? JSON.stringify(quotaJson(quota), null, 2) : `${said} quota ${quotaText(quota)}.`
  shell.print(`${text}\n`)
}
