import type { CircuitState, ProviderHealth } from '../core/provider-health.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'
import { checkedQuantile } from './quantile.ts'

const CircuitStateRef = describedEnum<CircuitState>('CircuitState', "Whether a provider's models are asked.", {
  CLOSED: 'They are asked.',
  OPEN: 'All failed too often lately: none is asked for a while.',
  HALF_OPEN: 'One request finds out whether the provider is back.',
})

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
  }),
})
