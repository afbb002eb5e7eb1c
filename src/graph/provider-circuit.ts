import type { CircuitHealth, CircuitState } from '../core/provider-health.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'
import { checkedQuantile } from './quantile.ts'

export const CircuitStateRef = describedEnum<CircuitState>('CircuitState', "Whether a provider's models are asked.", {
  CLOSED: 'They are asked.',
  OPEN: 'All failed too often lately: none is asked for a while.',
  HALF_OPEN: 'One request finds out whether the provider is back.',
})

export const ProviderCircuitRef = builder.objectRef<CircuitHealth>('ProviderCircuit').implement({
  description: 'One model with one key of its provider, as measured here.',
  fields: (t) => ({
    model: t.exposeString('model', { description: "By the provider's own name." }),
    key: t.exposeString('key', {
      nullable: true,
      description: "The key's name in the configuration, never its secret; null where the provider needs none.",
    }),
    state: t.expose('state', { type: CircuitStateRef, description: 'Whether this model is asked with this key now.' }),
    retryInMs: t.float({
      description: 'How long until a request may pass, in milliseconds; 0 where one may now.',
      resolve: ({ blockedForMs }) => blockedForMs,
    }),
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
