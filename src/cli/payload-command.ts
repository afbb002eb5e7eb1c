import { type Command, InvalidArgumentError } from 'commander'
import type { ErasureSubject } from '../core/payload.ts'
import { erasePayloads } from '../ledger/payload/erase-payloads.ts'
import { namedProject } from './named-project.ts'
import type { Shell } from './shell.ts'
import { UserError } from './user-error.ts'
import { withTables } from './with-tables.ts'

export function addPayloadCommand(program: Command, shell: Shell): void {
  const payload = program.command('payload').description('what is kept of requests and answers')
  addErase(payload, shell)
}

interface EraseFlags {
  readonly project: string
  readonly call?: string
  readonly endUser?: string
  readonly before?: number
  readonly comment?: string
  readonly json?: boolean
}

function addErase(payload: Command, shell: Shell): void {
  payload
    .command('erase')
    .description(
      'forget what calls said; the calls themselves stay in the ledger. Give one of --call, --end-user, --before',
    )
    .requiredOption('-p, --project <name>', 'the project that the calls belong to')
    .option('--call <id>', 'what this call said')
    .option('--end-user <id>', 'what all calls for this end user said')
    .option(
      '--before <when>',
      'what calls said before this time: 30d (ago), 2027-01-31 or 2027-01-31T12:00:00Z',
      (text) => readPast(text, shell.clock.now()),
    )
    .option('-c, --comment <text>', 'why, for the audit log, which is never erased')
    .option('--json', 'print JSON')
    .action(async ({ project, comment, json, ...flags }: EraseFlags) => {
      const subject = subjectOf(flags)
      const erased = await withTables(shell, async (database) => {
        const projectId = await namedProject(database, project)
        const request = { projectId, subject, apiKeyId: null, comment: comment ?? null }
        return erasePayloads(database, shell.clock, request)
      })
      if (erased === null) throw new UserError(`The project "${project}" has no such call.`)
      if (json) return shell.print(`${JSON.stringify(erased)}\n`)
      const { payloads, answers, comments } = erased
      shell.print(`Erased ${payloads} payload(s), ${answers} kept answer(s) and ${comments} comment(s).\n`)
    })
}

function subjectOf({ call, endUser, before }: Pick<EraseFlags, 'call' | 'endUser' | 'before'>): ErasureSubject {
  const subjects: ErasureSubject[] = []
  if (call !== undefined) subjects.push({ type: 'call', callId: call.toLowerCase() })
  if (endUser !== undefined) subjects.push({ type: 'endUser', endUser })
  if (before !== undefined) subjects.push({ type: 'before', at: before })
  const [subject, ...others] = subjects
  if (subject && others.length === 0) return subject
  throw new UserError('Give exactly one of --call, --end-user and --before.')
}

const UNITS = { h: 3_600_000, d: 86_400_000 } as const
const AGE = /^(\d{1,5})(h|d)$/
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

/** In milliseconds since 1970. */
function readPast(text: string, now: number): number {
  const [, count, unit] = AGE.exec(text) ?? []
  if (unit === 'h' || unit === 'd') return now - Number(count) * UNITS[unit]
  const at = DATE.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write 30d, 2027-01-31 or 2027-01-31T12:00:00Z.')
  return at
}
