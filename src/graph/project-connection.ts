import type { Project } from '../core/project.ts'
import { administratorOf } from './authorization.ts'
import { builder } from './builder.ts'
import { LARGEST_PAGE, pageArguments, pageInfoOf, type ShownPage } from './item-page.ts'
import { PageInfoRef } from './page-info.ts'
import { ProjectRef } from './project.ts'
import { isUuid } from './uuid.ts'

const ProjectEdgeRef = builder.objectRef<Project>('ProjectEdge').implement({
  description: 'A project in its place in a list.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Its place: a page `after` it begins with the next one.',
      resolve: ({ id }) => id,
    }),
    node: t.field({ type: ProjectRef, description: 'The project.', resolve: (project) => project }),
  }),
})

const ProjectConnectionRef = builder.objectRef<ShownPage<Project>>('ProjectConnection').implement({
  description: 'A page of projects, in the order in which they were made.',
  fields: (t) => ({
    edges: t.field({ type: [ProjectEdgeRef], description: 'The projects, in order.', resolve: ({ items }) => items }),
    pageInfo: t.field({ type: PageInfoRef, description: 'Where the page stands.', resolve: pageInfoOf }),
  }),
})

builder.queryFields((t) => ({
  projects: t.field({
    type: ProjectConnectionRef,
    description:
      'The projects, the archived ones among them. Needs the scope `operator`; with `admin`, it is the own project alone.',
    args: {
      first: t.arg.int({ defaultValue: 25, description: `How many, from 1 to ${LARGEST_PAGE}.` }),
      after: t.arg.string({ description: 'The `endCursor` of the page before.' }),
    },
    resolve: async (_root, { first, after }, context) => {
      const { projectId } = administratorOf(context)
      const page = await context.access.projects.page({ projectId, ...pageArguments(first, after) })
      return { ...page, hasPreviousPage: after != null }
    },
  }),
  project: t.field({
    type: ProjectRef,
    nullable: true,
    description: 'One project. Needs the scope `operator`, or `admin` for the own one.',
    args: { id: t.arg.id({ description: "As `projects` has it; the key's own project where absent." }) },
    resolve: async (_root, { id }, context) => {
      const { projectId, ownProjectId } = administratorOf(context)
      const wanted = (id ?? ownProjectId ?? '').toLowerCase()
      if (!isUuid(wanted) || (projectId !== null && projectId !== wanted)) return null
      const { items } = await context.access.projects.page({ projectId: wanted, first: 1, after: null })
      return items[0] ?? null
    },
  }),
}))
