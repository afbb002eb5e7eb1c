import { MODELS } from './settings.ts'

/** What a stranger knows of another project, though nobody should have told him. */
export interface Victim {
  readonly projectId: string
  readonly callId: string
  /** A call that is under way. */
  readonly runningId: string
  readonly keyId: string
  readonly quotaId: string
  /** Its end user, and the value of its tags. */
  readonly mark: string
  readonly idempotencyKey: string
}

/**
 * How a field keeps projects apart:
 * - `own`: both may ask, and each is answered from its own project; the victim gets an answer that names things of its own
 * - `counts`: the same where an answer holds numbers only
 * - `forbidden`: only an operator may ask
 * - `acts`: it changes something or begins a call; the stranger's try changes nothing of the victim's
 * - anything else: the reason why it is the same for all projects
 */
export type Keeping = 'own' | 'counts' | 'forbidden' | 'acts' | `the same for all: ${string}`

/** Root fields with what a stranger gives as arguments, once for each way in. */
export type Cases = Readonly<Record<string, readonly [Keeping, ...((victim: Victim) => Record<string, unknown>)[]]>>

const nothing = () => ({})
const range = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' }
const hello = { model: MODELS.openai, prompt: 'Hi' }
const ROUTES_ARE_SHARED = 'the same for all: routes, models and providers are those of the installation'

/** Each query of the schema. A new one needs a line here: how it keeps projects apart, and how a stranger would try. */
export const QUERIES: Cases = {
  viewer: ['own', nothing],
  explainRoute: [ROUTES_ARE_SHARED, () => ({ input: hello })],
  call: ['own', ({ callId }) => ({ id: callId })],
  calls: ['own', nothing, ({ mark }) => ({ filter: { endUser: mark, tags: [{ key: 'team', value: mark }] } })],
  usage: [
    'own',
    () => ({ range, groupBy: ['PROJECT', 'API_KEY', 'END_USER'], groupByTag: 'team' }),
    ({ mark }) => ({ range, groupBy: ['END_USER'], filter: { endUser: mark } }),
  ],
  models: [ROUTES_ARE_SHARED, nothing],
  providers: [ROUTES_ARE_SHARED, nothing],
  routes: [ROUTES_ARE_SHARED, nothing],
  quotas: ['own', nothing, ({ mark }) => ({ endUser: mark })],
  // They are the same for all, but who published them is not.
  routeVersions: ['own', () => ({ name: 'published' })],
  replayRoute: ['counts', () => ({ route: 'test', range })],
  auditLog: ['own', () => ({ first: 200 }), ({ keyId }) => ({ subject: `api-key/${keyId}` })],
  experiment: ['counts', () => ({ name: 'test', range })],
  projects: ['own', nothing],
  project: ['own', ({ projectId }) => ({ id: projectId })],
  apiKeys: ['own', nothing, ({ projectId }) => ({ project: projectId }), ({ keyId }) => ({ after: keyId })],
  reconciliation: ['forbidden', () => ({ range })],
}

/** Each mutation of the schema. */
export const MUTATIONS: Cases = {
  rateCall: ['acts', ({ callId }) => ({ callId, metric: 'helpful', score: 0 })],
  complete: ['acts', ({ idempotencyKey }) => ({ input: { ...hello, idempotencyKey } })],
  embed: ['acts', () => ({ input: { model: 'openai/text-embedding-3-small', texts: ['a'] } })],
  cancelCall: ['acts', ({ runningId }) => ({ id: runningId }), ({ callId }) => ({ id: callId })],
  publishRoute: [
    ROUTES_ARE_SHARED,
    () => ({ input: { name: 'more', config: { strategy: 'priority', models: [MODELS.openai] } } }),
  ],
  rollbackRoute: [ROUTES_ARE_SHARED, () => ({ name: 'more', version: 0 })],
  setQuota: [
    'acts',
    ({ projectId }) => ({ input: { scope: { project: true }, unit: 'REQUESTS', limit: '0', project: projectId } }),
    ({ mark }) => ({ input: { scope: { project: true }, unit: 'REQUESTS', limit: '0', project: mark } }),
    () => ({ input: { scope: { installation: true }, unit: 'REQUESTS', limit: '0' } }),
    ({ keyId }) => ({ input: { scope: { apiKey: keyId }, unit: 'REQUESTS', limit: '0' } }),
  ],
  deleteQuota: ['acts', ({ quotaId }) => ({ id: quotaId })],
  createProject: ['forbidden', () => ({ input: { name: 'another' } })],
  updateProject: ['acts', ({ projectId }) => ({ id: projectId, input: { name: 'mine' } })],
  archiveProject: ['forbidden', ({ projectId }) => ({ id: projectId })],
  restoreProject: ['forbidden', ({ projectId }) => ({ id: projectId })],
  createApiKey: ['acts', ({ projectId }) => ({ input: { scopes: ['READ'], project: projectId } })],
  updateApiKey: ['acts', ({ keyId }) => ({ id: keyId, input: { name: 'mine' } })],
  rotateApiKey: ['acts', ({ keyId }) => ({ id: keyId })],
  revokeApiKey: ['acts', ({ keyId }) => ({ id: keyId })],
  createBrowserToken: ['acts', () => ({ input: { endUser: 'somebody' } })],
  erasePayloads: [
    'acts',
    ({ callId }) => ({ input: { callId } }),
    ({ mark }) => ({ input: { endUser: mark } }),
    ({ projectId }) => ({ input: { before: range.to }, project: projectId }),
  ],
}

/** Each subscription of the schema. */
export const SUBSCRIPTIONS: Cases = {
  completionStream: ['acts', ({ idempotencyKey }) => ({ input: { ...hello, idempotencyKey } })],
  callEvents: ['acts', ({ callId }) => ({ callId }), ({ runningId }) => ({ callId: runningId })],
  quotaEvents: ['own', nothing],
  providerHealth: [ROUTES_ARE_SHARED, nothing],
  usageTicks: ['counts', () => ({ everyMs: 250 })],
}
