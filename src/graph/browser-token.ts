import { GraphQLError } from 'graphql'
import type { BrowserToken, Minting } from '../core/browser-token.ts'
import type { Caller } from '../core/caller.ts'
import { checkBrowserToken } from '../pipeline/validate/check-browser-token.ts'
import { callerWith, forbidden } from './authorization.ts'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { type InvalidInput, InvalidInputErrorRef } from './invalid-input-error.ts'
import { QuotaUnitRef, QuotaWindowRef } from './quota.ts'
import { TagInput } from './tag.ts'

const QUARTER_HOUR_S = 900

const BrowserTokenQuotaInput = builder.inputType('BrowserTokenQuotaInput', {
  description: 'A limit on what is used with one browser token.',
  fields: (t) => ({
    unit: t.field({ type: QuotaUnitRef, required: true, description: 'What is limited.' }),
    window: t.field({ type: QuotaWindowRef, required: true, description: 'Over how long it counts.' }),
    limit: t.field({ type: 'Decimal', required: true, description: 'The most that may be used in one window.' }),
  }),
})

const CreateBrowserTokenInput = builder.inputType('CreateBrowserTokenInput', {
  description: 'A browser token to make.',
  fields: (t) => ({
    endUser: t.string({
      required: true,
      description: 'The one end user that it is for: all calls made with it are for him, and it sees no others.',
    }),
    expiresInSeconds: t.int({ defaultValue: QUARTER_HOUR_S, description: 'How long it lives, at most a day.' }),
    allowedModels: t.stringList({
      description:
        'Models that it may ask for by name. Where only one of `allowedModels` and `allowedRoutes` is given, nothing of the other kind is allowed; where neither is, what its key may ask for.',
    }),
    allowedRoutes: t.stringList({ description: 'Routes that it may ask for; each brings its own models along.' }),
    quotas: t.field({
      type: [BrowserTokenQuotaInput],
      description: 'What may be used with it, beside the quotas that hold for its project, key and end user.',
    }),
    tags: t.field({ type: [TagInput], description: 'Labels that every call made with it has.' }),
  }),
})

const BrowserTokenRef = builder.objectRef<BrowserToken>('BrowserToken').implement({
  description:
    'What a page may hold in the place of a key: it acts as the key that minted it, for one end user and a short time.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names this token.' }),
    token: t.exposeString('token', {
      description: 'What the page sends, as `Authorization: Bearer …`. It is not kept.',
    }),
    endUser: t.exposeString('endUser', { description: 'Whom it is for.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'From when on it is refused.' }),
  }),
})

const CreateBrowserTokenResultRef = builder.unionType('CreateBrowserTokenResult', {
  description: 'The token, or why there is none.',
  types: [BrowserTokenRef, InvalidInputErrorRef],
  resolveType: (result) => ('issues' in result ? 'InvalidInputError' : 'BrowserToken'),
})

builder.mutationField('createBrowserToken', (t) =>
  t.field({
    type: CreateBrowserTokenResultRef,
    description:
      'Mints a token for the page of one end user. It is a JWT that may complete, and nothing else; it ends with its key. Needs an API key with the scope `complete`.',
    args: { input: t.arg({ type: CreateBrowserTokenInput, required: true, description: 'The token.' }) },
    resolve: async (_root, { input }, context): Promise<BrowserToken | InvalidInput> => {
      const checked = checkBrowserToken({
        endUser: input.endUser,
        expiresInSeconds: input.expiresInSeconds ?? QUARTER_HOUR_S,
        allowedModels: input.allowedModels ?? null,
        allowedRoutes: input.allowedRoutes ?? null,
        quotas: input.quotas ?? [],
        tags: input.tags ?? [],
      })
      const caller = minterOf(context)
      return minted(checked.ok ? await context.access.browserTokens.mint(caller, checked.input) : invalid(checked))
    },
  }),
)

function minterOf(context: GraphContext): Caller {
  const caller = callerWith(context, 'complete')
  if (caller.browserToken === null) return caller
  throw forbidden('A browser token mints no others: mint them with the API key, on a server.')
}

function invalid({ issues }: InvalidInput): Minting {
  return { type: 'invalid', issues }
}

function minted(minting: Minting): BrowserToken | InvalidInput {
  if (minting.type === 'invalid') return minting
  if (minting.type === 'minted') return minting.token
  throw new GraphQLError(minting.message, { extensions: { code: 'NOT_CONFIGURED' } })
}
