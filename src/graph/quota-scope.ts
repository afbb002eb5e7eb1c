import { QUOTA_SCOPE_NAMES, type QuotaScope } from '../core/quota.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'
import { TagRef } from './tag.ts'

type ScopeType = (typeof QUOTA_SCOPE_NAMES)[QuotaScope['type']]

const QuotaScopeTypeRef = describedEnum<ScopeType>('QuotaScopeType', 'Whom a quota limits.', {
  PROJECT: 'All calls of the project.',
  API_KEY: 'All calls made with one API key.',
  END_USER: 'All calls on behalf of one end user.',
  EACH_END_USER: 'Each end user for himself, beside those who have a quota of their own for the same unit and window.',
  TAG: 'All calls with one tag.',
  ROUTE: 'All calls that ask for one route, or for one model by name.',
  BROWSER_TOKEN: 'All calls made with one browser token.',
  INSTALLATION: 'All calls of all projects.',
})

export const QuotaScopeRef = builder.objectRef<QuotaScope>('QuotaScope').implement({
  description: 'Whom a quota limits. Of the other fields only that of its type is not null.',
  fields: (t) => ({
    type: t.field({
      type: QuotaScopeTypeRef,
      description: 'What kind of scope it is.',
      resolve: ({ type }) => QUOTA_SCOPE_NAMES[type],
    }),
    apiKeyId: t.id({
      nullable: true,
      description: 'The id of the API key.',
      resolve: (scope) => (scope.type === 'apiKey' ? scope.apiKeyId : null),
    }),
    endUser: t.string({
      nullable: true,
      description: 'The end user who has a quota of his own.',
      resolve: (scope) => (scope.type === 'endUser' ? scope.endUser : null),
    }),
    tag: t.field({
      type: TagRef,
      nullable: true,
      description: 'The tag.',
      resolve: (scope) => (scope.type === 'tag' ? scope : null),
    }),
    route: t.string({
      nullable: true,
      description: 'What calls ask for as their `model`.',
      resolve: (scope) => (scope.type === 'route' ? scope.route : null),
    }),
    browserTokenId: t.id({
      nullable: true,
      description: 'The id of the browser token.',
      resolve: (scope) => (scope.type === 'browserToken' ? scope.tokenId : null),
    }),
  }),
})
