import type { Caller } from '../core/caller.ts'
import { builder } from './builder.ts'
import { QuotaRef } from './quota.ts'

export const ViewerRef = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who asks, as its API key says.',
  fields: (t) => ({
    project: t.string({ description: "The name of the key's project.", resolve: (caller) => caller.projectName }),
    scopes: t.stringList({
      description: 'What the key may do: `complete` (ask models), `read` (read the ledger), `admin`.',
      resolve: (caller) => [...caller.scopes],
    }),
    quotas: t.field({
      type: [QuotaRef],
      description: 'The quotas that limit this key.',
      resolve: async (caller, _args, { ledger }) => [...(await ledger.quotas(caller.projectId, caller.apiKeyId))],
    }),
  }),
})
