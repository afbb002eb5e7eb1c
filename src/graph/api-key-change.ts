import type { ApiKey, ApiKeySettings, CreatedApiKey } from '../core/api-key.ts'
import { ApiKeyRef } from './api-key.ts'
import { administratorOf, callerOf } from './authorization.ts'
import { builder } from './builder.ts'
import { changed, typeOfChanged } from './changed.ts'
import { type InvalidInput, InvalidInputErrorRef } from './invalid-input-error.ts'
import { idArgument } from './item-page.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'
import { ScopeRef } from './scope.ts'

const MODELS =
  'Models, as `provider/model`, that it may ask for by name. Where only one of `allowedModels` and `allowedRoutes` is given, nothing of the other kind is allowed; where neither is, everything.'
const ROUTES = 'Routes that it may ask for; each brings its own models along.'
const ORIGINS =
  'Origins of the pages that may send it, such as `https://app.example.com`; null sets no condition. Requests of servers, which have no origin, are let through.'

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description: 'A key to make.',
  fields: (t) => ({
    project: t.id({ description: "The project's id; the caller's own where absent." }),
    name: t.string({ description: 'What to call it.' }),
    scopes: t.field({ type: [ScopeRef], required: true, description: 'What it may do: none that the caller lacks.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'From when on it is refused; never, where absent.' }),
    allowedModels: t.stringList({ description: MODELS }),
    allowedRoutes: t.stringList({ description: ROUTES }),
    allowedOrigins: t.stringList({ description: ORIGINS }),
  }),
})

const UpdateApiKeyInput = builder.inputType('UpdateApiKeyInput', {
  description: 'What of a key shall become different; what is left out stays.',
  fields: (t) => ({
    name: t.string({ description: 'What to call it.' }),
    scopes: t.field({ type: [ScopeRef], description: 'What it may do: none is added that the caller lacks.' }),
    expiresAt: t.field({ type: 'DateTime', description: 'From when on it is refused; null for never.' }),
    allowedModels: t.stringList({ description: `${MODELS} Null lifts the condition.` }),
    allowedRoutes: t.stringList({ description: `${ROUTES} Null lifts the condition.` }),
    allowedOrigins: t.stringList({ description: ORIGINS }),
  }),
})

const CreatedApiKeyRef = builder.objectRef<CreatedApiKey>('CreatedApiKey').implement({
  description: 'A new key.',
  fields: (t) => ({
    secret: t.exposeString('secret', { description: 'What its clients send. Shown this once: it is not kept.' }),
    key: t.expose('key', { type: ApiKeyRef, description: 'The key.' }),
  }),
})

const CreateApiKeyResultRef = builder.unionType('CreateApiKeyResult', {
  description: 'The new key with its secret, or why there is none.',
  types: [CreatedApiKeyRef, InvalidInputErrorRef, NotFoundErrorRef],
  resolveType: (result) => typeOfChanged('CreatedApiKey', result),
})

const ApiKeyResultRef = builder.unionType('ApiKeyResult', {
  description: 'The key as it is now, or why nothing was changed.',
  types: [ApiKeyRef, InvalidInputErrorRef, NotFoundErrorRef],
  resolveType: (result) => typeOfChanged('ApiKey', result),
})

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyResultRef,
    description: 'Makes a key. Needs the scope `admin` for the own project, `operator` for others.',
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The key.' }) },
    resolve: async (_root, { input }, context): Promise<CreatedApiKey | InvalidInput | NotFound> => {
      const by = administratorOf(context)
      const project = input.project == null ? callerOf(context).projectId : idArgument('project', input.project)
      const settings = {
        name: input.name ?? '',
        scopes: [...new Set(input.scopes)],
        expiresAt: input.expiresAt ?? null,
        allowedModels: input.allowedModels ?? null,
        allowedRoutes: input.allowedRoutes ?? null,
        allowedOrigins: input.allowedOrigins ?? null,
      }
      return changed(await context.access.keys.create(by, project, settings))
    },
  }),
  updateApiKey: t.field({
    type: ApiKeyResultRef,
    description:
      'Changes what a key may do, in force within a second. Needs the scope `admin` for the own project, `operator` for others.',
    args: {
      id: t.arg.id({ required: true, description: 'As `apiKeys` has it.' }),
      input: t.arg({ type: UpdateApiKeyInput, required: true, description: 'What shall become different.' }),
    },
    resolve: async (_root, { id, input }, context): Promise<ApiKey | InvalidInput | NotFound> => {
      const { name, scopes, expiresAt, allowedModels, allowedRoutes, allowedOrigins } = input
      const change: Partial<ApiKeySettings> = {
        ...(name != null && { name }),
        ...(scopes != null && { scopes: [...new Set(scopes)] }),
        ...(expiresAt !== undefined && { expiresAt }),
        ...(allowedModels !== undefined && { allowedModels }),
        ...(allowedRoutes !== undefined && { allowedRoutes }),
        ...(allowedOrigins !== undefined && { allowedOrigins }),
      }
      return changed(await context.access.keys.update(administratorOf(context), idArgument('id', id), change))
    },
  }),
  revokeApiKey: t.field({
    type: ApiKeyResultRef,
    description:
      'Ends a key, and the browser tokens that it minted, within a second. Needs the scope `admin` for the own project, `operator` for others.',
    args: { id: t.arg.id({ required: true, description: 'As `apiKeys` has it.' }) },
    resolve: async (_root, { id }, context): Promise<ApiKey | InvalidInput | NotFound> =>
      changed(await context.access.keys.revoke(administratorOf(context), idArgument('id', id))),
  }),
}))
