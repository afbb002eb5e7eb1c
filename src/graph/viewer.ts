import type { Caller } from '../core/caller.ts'
import type { LedgerReader } from '../core/ledger.ts'
import type { Quota } from '../core/quota.ts'
import { builder } from './builder.ts'
import { QuotaRef } from './quota.ts'

export const ViewerRef = builder.objectRef<Caller>('Viewer').implement({
  description: 'Who asks, as its API key says.',
  fields: (t) => ({
    project: t.string({ description: "The name of the key's project.", resolve: (caller) => caller.projectName }),
    scopes: t.stringList({
      description:
        'What the key may do: `complete` (ask models), `read` (read the ledger), `admin` (its project, and the routes), `operator` (all projects).',
      resolve: (caller) => [...caller.scopes],
    }),
    endUser: t.string({
      nullable: true,
      description: 'The one end user whom a browser token is for; null with an API key.',
      resolve: ({ browserToken }) => browserToken?.endUser ?? null,
    }),
    allowedModels: t.stringList({
      nullable: true,
      description: 'Models that may be asked for by name; null allows all.',
      resolve: ({ allowedModels }) => allowedModels && [...allowedModels],
    }),
    allowedRoutes: t.stringList({
      nullable: true,
      description: 'Routes that may be asked for, with all models within them; null allows all.',
      resolve: ({ allowedRoutes }) => allowedRoutes && [...allowedRoutes],
    }),
    quotas: t.field({
      type: [QuotaRef],
      description: 'The quotas that limit this key; with a browser token, those of its end user.',
      resolve: (caller, _args, { ledger }) => quotasOf(caller, ledger),
    }),
  }),
})

/** What all of a project uses is not for the eyes of one visitor, nor is what another one may use. */
async function quotasOf({ projectId, apiKeyId, browserToken }: Caller, ledger: LedgerReader): Promise<Quota[]> {
  if (browserToken === null) return [...(await ledger.quotas(projectId, apiKeyId))]
  const { endUser } = browserToken
  const quotas = await ledger.quotas(projectId, apiKeyId, { endUser, installation: 'left out' })
  return quotas.filter(
    ({ scope }) => scope.type === 'eachEndUser' || (scope.type === 'endUser' && scope.endUser === endUser),
  )
}
