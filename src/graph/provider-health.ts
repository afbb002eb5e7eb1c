import { callerOf } from './authorization.ts'
import { builder } from './builder.ts'
import { leaveOnAbort } from './leave-on-abort.ts'
import { ProviderRef } from './provider.ts'

builder.subscriptionFields((t) => ({
  providerHealth: t.field({
    type: ProviderRef,
    description:
      'The health of providers as it changes, as measured by the process that serves this subscription: first every provider as it is now, then each whose circuit changes, at once, or whose error rate or times to first token do, at most once a second. Ends when the process shuts down.',
    subscribe: (_root, _args, context) => {
      callerOf(context)
      return leaveOnAbort(context.gateway.followHealth(), context.signal)
    },
    resolve: (health) => health,
  }),
}))
