import type { Project } from '../core/project.ts'
import { administratorOf, operatorOf } from './authorization.ts'
import { builder } from './builder.ts'
import { changed, typeOfChanged } from './changed.ts'
import { type InvalidInput, InvalidInputErrorRef } from './invalid-input-error.ts'
import { idArgument } from './item-page.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'
import { PayloadStoreRef } from './payload-store.ts'
import { ProjectRef } from './project.ts'

const NAMED = 'What it is called: 1 to 100 letters, digits, spaces or any of `. _ : @ / -`; no two are called the same.'

const CreateProjectInput = builder.inputType('CreateProjectInput', {
  description: 'A project to make.',
  fields: (t) => ({
    name: t.string({ required: true, description: NAMED }),
    store: t.field({ type: PayloadStoreRef, defaultValue: 'NONE', description: 'What it keeps.' }),
  }),
})

const UpdateProjectInput = builder.inputType('UpdateProjectInput', {
  description: 'What of a project shall become different; what is left out stays.',
  fields: (t) => ({
    name: t.string({ description: NAMED }),
    store: t.field({ type: PayloadStoreRef, description: 'What it keeps from now on.' }),
  }),
})

const ProjectResultRef = builder.unionType('ProjectResult', {
  description: 'The project as it is now, or why nothing was changed.',
  types: [ProjectRef, InvalidInputErrorRef, NotFoundErrorRef],
  resolveType: (result) => typeOfChanged('Project', result),
})

type ProjectResult = Project | InvalidInput | NotFound

builder.mutationFields((t) => ({
  createProject: t.field({
    type: ProjectResultRef,
    description: 'Makes a project. Needs the scope `operator`.',
    args: { input: t.arg({ type: CreateProjectInput, required: true, description: 'The project.' }) },
    resolve: async (_root, { input: { name, store } }, context): Promise<ProjectResult> =>
      changed(await context.access.projects.create(operatorOf(context), { name, store: store ?? 'NONE' })),
  }),
  updateProject: t.field({
    type: ProjectResultRef,
    description: 'Renames a project, or changes what it keeps. Needs the scope `operator`, or `admin` for the own one.',
    args: {
      id: t.arg.id({ required: true, description: 'As `projects` has it.' }),
      input: t.arg({ type: UpdateProjectInput, required: true, description: 'What shall become different.' }),
    },
    resolve: async (_root, { id, input: { name, store } }, context): Promise<ProjectResult> => {
      const change = { ...(name != null && { name }), ...(store != null && { store }) }
      return changed(await context.access.projects.update(administratorOf(context), idArgument('id', id), change))
    },
  }),
  archiveProject: t.field({
    type: ProjectResultRef,
    description:
      'Takes a project out of use: its keys and browser tokens are refused within a second. Calls under way end, and its data stays. Needs the scope `operator`.',
    args: { id: t.arg.id({ required: true, description: 'As `projects` has it.' }) },
    resolve: async (_root, { id }, context): Promise<ProjectResult> =>
      changed(await context.access.projects.archive(operatorOf(context), idArgument('id', id))),
  }),
  restoreProject: t.field({
    type: ProjectResultRef,
    description: 'Takes an archived project into use again, with its keys. Needs the scope `operator`.',
    args: { id: t.arg.id({ required: true, description: 'As `projects` has it.' }) },
    resolve: async (_root, { id }, context): Promise<ProjectResult> =>
      changed(await context.access.projects.restore(operatorOf(context), idArgument('id', id))),
  }),
}))
