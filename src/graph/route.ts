import type { RoutePolicy, RouteSettings } from '../core/settings.ts'
import { builder } from './builder.ts'

export const RouteRef = builder.objectRef<RouteSettings>('Route').implement({
  description: 'A named policy: which models may answer, chosen how.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What a request asks for as its `model`.' }),
    strategy: t.string({
      description: 'The algorithm that chooses.',
      resolve: ({ policy }) => policy.strategy,
    }),
    targets: t.stringList({
      description: 'The models that may answer, as provider/model.',
      resolve: ({ policy }) => targetsOf(policy),
    }),
  }),
})

function targetsOf(policy: RoutePolicy): string[] {
  switch (policy.strategy) {
    case 'priority':
    case 'cheapest':
      return [...policy.models]
    case 'weighted':
      return policy.models.map((target) => target.model)
    case 'complexity':
      return [...new Set([...policy.tiers.simple, ...policy.tiers.complex])]
  }
}
