import type { AuditAction, AuditEntry, Change } from '../core/audit.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'

const AuditActionRef = describedEnum<AuditAction>('AuditAction', 'What an administrator did.', {
  PUBLISH_ROUTE: 'Put a new version of a route into force.',
  ROLLBACK_ROUTE: 'Put an earlier version of a route into force again.',
})

const AuditChangeRef = builder.objectRef<Change>('AuditChange').implement({
  description: 'One value that became another.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Where: `policy.models.0`.' }),
    before: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What it was; null where there was none.',
      resolve: ({ before }) => before,
    }),
    after: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What it became; null where there is none any more.',
      resolve: ({ after }) => after,
    }),
  }),
})

const AuditKeyRef = builder.objectRef<NonNullable<AuditEntry['apiKey']>>('AuditKey').implement({
  description: 'The API key that did something.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    prefix: t.exposeString('prefix', { description: 'How its secret begins.' }),
  }),
})

export const AuditEntryRef = builder.objectRef<AuditEntry>('AuditEntry').implement({
  description: 'Something that an administrator did.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names this entry.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was done.' }),
    action: t.expose('action', { type: AuditActionRef, description: 'What was done.' }),
    subject: t.exposeString('subject', { description: 'What it was done to: `route/chat`.' }),
    apiKeyId: t.exposeID('apiKeyId', { description: 'The id of the API key that did it.' }),
    apiKey: t.expose('apiKey', {
      type: AuditKeyRef,
      nullable: true,
      description: 'That key; null where it is gone.',
    }),
    changes: t.expose('changes', { type: [AuditChangeRef], description: 'What became different, by path.' }),
    comment: t.exposeString('comment', { nullable: true, description: 'Why, in the words of who did it.' }),
  }),
})
