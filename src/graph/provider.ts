import type { ProviderHealth } from '../core/provider-health.ts'
import { callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import { CircuitStateRef, ProviderCircuitRef } from './provider-circuit.ts'
import { checkedQuantile } from './quantile.ts'

export const ProviderRef = builder.objectRef<ProviderHealth>('Provider').implement({
  description: 'A configured provider, with its health as measured here.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As configured.' }),
    circuit: t.expose('circuit', { type: CircuitStateRef, description: 'Whether it is asked now.' }),
    errorRate: t.exposeFloat('errorRate', {
      nullable: true,
      description: 'The share of attempts that failed lately, from 0 to 1; null where there was none.',
    }),
    firstTokenMs: t.float({
      nullable: true,
      description: 'A quantile of the time to first token lately, in milliseconds; null where there was none.',
      args: { quantile: t.arg.float({ required: true, description: 'From 0 to 1; 0.5 is the median.' }) },
      resolve: ({ firstToken }, { quantile }) => checkedQuantile(firstToken, quantile),
    }),
    circuits: t.field({
      type: [ProviderCircuitRef],
      nullable: true,
      description:
        'Its circuits, one for each model and key: those that are not closed, first, and those asked lately; a thousand at most. Needs the scope `admin`, since the names of models that other projects ask for are among them.',
      resolve: ({ name }, _args, context) => {
        callerWith(context, 'admin')
        return [...context.gateway.circuits(name)]
      },
    }),
  }),
})
