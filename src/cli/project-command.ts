import type { Command } from 'commander'
import { projectAdmin } from '../access/project-admin.ts'
import { COMMAND_LINE } from '../core/administrator.ts'
import type { Changed, ItemPage } from '../core/changed.ts'
import type { Project, ProjectAdmin } from '../core/project.ts'
import { namedProject } from './named-project.ts'
import { readName } from './read-name.ts'
import type { Shell } from './shell.ts'
import { formatTable } from './table.ts'
import { UserError } from './user-error.ts'
import { withTables } from './with-tables.ts'

interface Flags {
  readonly json?: boolean
}

export function addProjectCommand(program: Command, shell: Shell): void {
  const project = program.command('project').description('projects of this server: the tenants that keys belong to')
  addCreate(project, shell)
  addList(project, shell)
  addRename(project, shell)
  addStanding(project, shell, {
    name: 'archive',
    description: 'take a project out of use: its keys are refused within a second, its data stays',
    change: (projects, id) => projects.archive(COMMAND_LINE, id),
    said: 'Archived',
  })
  addStanding(project, shell, {
    name: 'restore',
    description: 'take an archived project into use again',
    change: (projects, id) => projects.restore(COMMAND_LINE, id),
    said: 'Restored',
  })
}

function addCreate(command: Command, shell: Shell): void {
  command
    .command('create')
    .description('make a project')
    .argument('<name>', 'what to call it', readName)
    .option('--json', 'print JSON')
    .action(async (name: string, flags: Flags) => {
      const made = await withProjects(shell, (projects) => projects.create(COMMAND_LINE, { name, store: 'NONE' }))
      print(shell, flags, 'Made', changed(made))
    })
}

function addList(command: Command, shell: Shell): void {
  command
    .command('list')
    .description('list projects, the archived ones among them')
    .option('--json', 'print JSON')
    .action(async ({ json }: Flags) => {
      const found = await withProjects(shell, allOf)
      if (json) return shell.print(`${JSON.stringify(found.map(asJson), null, 2)}\n`)
      if (found.length === 0) return shell.print('There are no projects.\n')
      shell.print(formatTable(['ID', 'NAME', 'STORE', 'CREATED', 'STATE'], found.map(asRow)))
    })
}

function addRename(command: Command, shell: Shell): void {
  command
    .command('rename')
    .description('call a project something else')
    .argument('<project>', 'what it is called')
    .argument('<name>', 'what to call it', readName)
    .option('--json', 'print JSON')
    .action(async (project: string, name: string, flags: Flags) => {
      const renamed = await withNamed(shell, project, (projects, id) => projects.update(COMMAND_LINE, id, { name }))
      print(shell, flags, 'Renamed', changed(renamed))
    })
}

interface Standing {
  readonly name: string
  readonly description: string
  readonly change: (projects: ProjectAdmin, id: string) => Promise<Changed<Project>>
  readonly said: string
}

function addStanding(command: Command, shell: Shell, { name, description, change, said }: Standing): void {
  command
    .command(name)
    .description(description)
    .argument('<project>', 'what it is called')
    .option('--json', 'print JSON')
    .action(async (project: string, flags: Flags) => {
      print(shell, flags, said, changed(await withNamed(shell, project, change)))
    })
}

function withProjects<T>(shell: Shell, task: (projects: ProjectAdmin) => Promise<T>): Promise<T> {
  return withTables(shell, (database) => task(projectAdmin(database, shell.clock)))
}

function withNamed<T>(
  shell: Shell,
  name: string,
  task: (projects: ProjectAdmin, id: string) => Promise<T>,
): Promise<T> {
  return withTables(shell, async (database) =>
    task(projectAdmin(database, shell.clock), await namedProject(database, name)),
  )
}

const PAGE = 200

async function allOf(projects: ProjectAdmin): Promise<readonly Project[]> {
  const found: Project[] = []
  for (let page: ItemPage<Project> | null = null; page === null || page.hasNextPage; ) {
    page = await projects.page({ projectId: null, first: PAGE, after: found.at(-1)?.id ?? null })
    found.push(...page.items)
  }
  return found
}

/** @throws UserError where nothing was changed */
function changed(result: Changed<Project>): Project {
  if (result.type === 'done') return result.value
  throw new UserError(result.type === 'unknown' ? result.message : result.issues.map((each) => each.message).join(' '))
}

function print(shell: Shell, { json }: Flags, said: string, project: Project): void {
  const text = json ? JSON.stringify(asJson(project), null, 2) : `${said} project ${project.name} (${project.id}).`
  shell.print(`${text}\n`)
}

function asJson(project: Project) {
  const { createdAt, archivedAt } = project
  const archived = archivedAt === null ? null : new Date(archivedAt).toISOString()
  return { ...project, createdAt: new Date(createdAt).toISOString(), archivedAt: archived }
}

function asRow({ id, name, store, createdAt, archivedAt }: Project): readonly string[] {
  const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
  return [id, name, store, dayOf(createdAt), archivedAt === null ? 'in use' : `archived ${dayOf(archivedAt)}`]
}
