import { GraphQLError } from 'graphql'
import type { Caller } from '../core/caller.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Quota } from '../core/quota.ts'
import { ownerOf, type QuotaDraft } from '../core/quota-admin.ts'
import { callerOf, callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import { COMMENT, commentArgument, commentIssue } from './comment.ts'
import type { GraphContext } from './context.ts'
import { type InvalidInput, InvalidInputErrorRef } from './invalid-input-error.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'
import { QuotaRef, QuotaUnitRef, QuotaWindowRef } from './quota.ts'
import { TagInput } from './tag.ts'

const QuotaScopeInput = builder.inputType('QuotaScopeInput', {
  description: 'Whom a quota shall limit: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    project: t.boolean({ description: 'All calls of the project: `true`.' }),
    apiKey: t.id({ description: 'All calls made with the API key of this id.' }),
    endUser: t.string({
      description: 'All calls on behalf of one end user: takes the place of what is set for each of them.',
    }),
    eachEndUser: t.boolean({
      description: 'Each end user for himself: `true`. Calls without an end user are not limited by it.',
    }),
    tag: t.field({ type: TagInput, description: 'All calls with a tag.' }),
    route: t.string({ description: 'All calls that ask for a route, or for a model by name.' }),
    installation: t.boolean({ description: 'All calls of all projects: `true`. Needs the scope `operator`.' }),
  }),
})

const SetQuotaInput = builder.inputType('SetQuotaInput', {
  description: 'A quota to set.',
  fields: (t) => ({
    scope: t.field({ type: QuotaScopeInput, required: true, description: 'Whom it shall limit.' }),
    unit: t.field({ type: QuotaUnitRef, required: true, description: 'What it shall limit.' }),
    window: t.field({
      type: QuotaWindowRef,
      defaultValue: 'TOTAL',
      description: 'Over how long it counts. Of no account for calls at once.',
    }),
    limit: t.field({
      type: 'Decimal',
      required: true,
      description: 'The most that may be used in one window: dollars, or a whole number. 0 turns all calls away.',
    }),
    thresholds: t.intList({
      description: 'Percentages of the limit, from 1 to 100, at which an event is told. 50, 80 and 100 where absent.',
    }),
    project: t.id({
      description: "Another project's id or name: needs the scope `operator`. The caller's own where absent.",
    }),
    comment: t.string({ description: COMMENT }),
  }),
})

const SetQuotaResultRef = builder.unionType('SetQuotaResult', {
  description: 'The quota as it is now, or what is wrong with the input.',
  types: [QuotaRef, InvalidInputErrorRef],
  resolveType: (result) => ('issues' in result ? 'InvalidInputError' : 'Quota'),
})

const DeleteQuotaResultRef = builder.unionType('DeleteQuotaResult', {
  description: 'The quota as it was, or that there is none.',
  types: [QuotaRef, NotFoundErrorRef],
  resolveType: (result) => ('unit' in result ? 'Quota' : 'NotFoundError'),
})

builder.mutationFields((t) => ({
  setQuota: t.field({
    type: SetQuotaResultRef,
    description:
      'Sets a quota, or changes the one for the same scope, unit and window; in force on all replicas within a second. What calls used before it was first set does not count. Needs the scope `admin`; for another project or the installation `operator`.',
    args: { input: t.arg({ type: SetQuotaInput, required: true, description: 'The quota.' }) },
    resolve: async (_root, { input }, context): Promise<Quota | InvalidInput> => {
      const scope = scopeOf(input.scope)
      if ('issues' in scope) return scope
      const owner = await ownerOfNew(context, scope.type, input.project ?? null)
      if ('issues' in owner) return owner
      const { unit, window, limit, thresholds, comment } = input
      const tooLong = commentIssue(comment)
      if (tooLong !== null) return wrong(['comment'], tooLong)
      const draft: QuotaDraft = {
        scope,
        unit,
        window: window ?? 'TOTAL',
        limit,
        thresholds: thresholds ?? null,
        comment: comment ?? null,
      }
      const changed = await context.quotaAdmin.set(draft, owner)
      return changed.type === 'set' ? changed.quota : changed
    },
  }),
  deleteQuota: t.field({
    type: DeleteQuotaResultRef,
    description:
      "Removes a quota with all that was counted for it; in force on all replicas within a second. Needs the scope `admin`; for another project's or the installation's `operator`.",
    args: {
      id: t.arg.id({ required: true, description: 'As `quotas` has it.' }),
      comment: t.arg.string({ description: COMMENT }),
    },
    resolve: async (_root, { id, comment }, context): Promise<Quota | NotFound> => {
      const caller = administrator(context)
      const actor = { apiKeyId: caller.apiKeyId, comment: commentArgument(comment) }
      const removed = await context.quotaAdmin.delete(id, actor, ownerOf(caller))
      return removed.type === 'deleted' ? removed.quota : removed
    },
  }),
}))

type Owner = { readonly projectId: string | null; readonly apiKeyId: string }

/** Whose the quota is to be, where the caller may set it. */
async function ownerOfNew(
  context: GraphContext,
  scope: QuotaDraft['scope']['type'],
  project: string | null,
): Promise<Owner | InvalidInput> {
  const { apiKeyId, projectId } = administrator(context)
  if (scope === 'installation') {
    callerWith(context, 'operator')
    return project === null ? { projectId: null, apiKeyId } : wrong(['project'], 'The installation is no one project.')
  }
  if (project === null || project === projectId) return { projectId: callerWith(context, 'admin').projectId, apiKeyId }
  callerWith(context, 'operator')
  const found = await context.quotaAdmin.projectNamed(project)
  return found === null ? wrong(['project'], `There is no project "${project}".`) : { projectId: found, apiKeyId }
}

/** @throws GraphQLError where the key may change no quotas at all */
function administrator(context: GraphContext): Caller {
  const caller = callerOf(context)
  if (caller.scopes.includes('admin') || caller.scopes.includes('operator')) return caller
  throw new GraphQLError('This needs an API key with the scope "admin".', {
    extensions: { code: 'FORBIDDEN', scope: 'admin' },
  })
}

function scopeOf(input: typeof QuotaScopeInput.$inferInput): QuotaDraft['scope'] | InvalidInput {
  const { apiKey, endUser, tag, route } = input
  if (apiKey != null) return { type: 'apiKey', apiKeyId: apiKey }
  if (endUser != null) return { type: 'endUser', endUser }
  if (tag != null) return { type: 'tag', key: tag.key, value: tag.value }
  if (route != null) return { type: 'route', route }
  const flags = ['project', 'eachEndUser', 'installation'] as const
  const type = flags.find((flag) => input[flag] != null)
  if (type !== undefined && input[type] === true) return { type }
  return wrong(['scope', ...(type ? [type] : [])], 'Write `true`.')
}

function wrong(path: InputIssue['path'], message: string): InvalidInput {
  return { issues: [{ path, message }] }
}
