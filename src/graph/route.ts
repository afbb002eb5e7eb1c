import { modelsOf } from '../core/route-policy.ts'
import type { RouteSettings } from '../core/settings.ts'
import { builder } from './builder.ts'

export const RouteRef = builder.objectRef<RouteSettings>('Route').implement({
  description: 'A named policy: which models may answer, chosen how.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What a request asks for as its `model`.' }),
    version: t.int({
      description: 'The version in force; 0 where it is the one of the configuration file.',
      resolve: ({ name }, _args, { routes }) => routes.current().versionsOf(name)[0]?.version ?? 0,
    }),
    strategy: t.string({
      description: 'The algorithm that chooses.',
      resolve: ({ policy }) => policy.strategy,
    }),
    targets: t.stringList({
      description: 'The models that may answer, as provider/model, those of the routes that it names included.',
      resolve: ({ policy }, _args, { routes }) => [...modelsOf(policy, routes.current().routes)],
    }),
  }),
})
