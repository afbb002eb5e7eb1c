import type { ApiKey } from '../core/api-key.ts'
import { builder } from './builder.ts'
import { ScopeRef } from './scope.ts'

export const ApiKeyRef = builder.objectRef<ApiKey>('ApiKey').implement({
  description: 'A key of a client, without its secret: of that, only what recognises it is kept.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names this key.' }),
    projectId: t.exposeID('projectId', { description: 'The project that it belongs to.' }),
    project: t.exposeString('project', { description: 'What that project is called.' }),
    name: t.exposeString('name', { description: 'What it is called; may be empty.' }),
    prefix: t.exposeString('prefix', { description: 'How its secret begins, to tell keys apart.' }),
    scopes: t.field({ type: [ScopeRef], description: 'What it may do.', resolve: ({ scopes }) => [...scopes] }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From when on it is refused; null where it never expires.',
    }),
    revokedAt: t.expose('revokedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was ended; null where it was not.',
    }),
    allowedModels: t.stringList({
      nullable: true,
      description: 'Models that it may ask for by name; null allows all.',
      resolve: ({ allowedModels }) => allowedModels && [...allowedModels],
    }),
    allowedRoutes: t.stringList({
      nullable: true,
      description: 'Routes that it may ask for, with all models within them; null allows all.',
      resolve: ({ allowedRoutes }) => allowedRoutes && [...allowedRoutes],
    }),
    allowedOrigins: t.stringList({
      nullable: true,
      description: 'Origins of the pages that may send it; null sets no condition.',
      resolve: ({ allowedOrigins }) => allowedOrigins && [...allowedOrigins],
    }),
    replacedBy: t.exposeID('replacedBy', {
      nullable: true,
      description: 'The key that took its place; null where none did.',
    }),
  }),
})
