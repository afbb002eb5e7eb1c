import type { AuditAction, AuditEntry, Change } from '../core/audit.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'

const AuditActionRef = describedEnum<AuditAction>('AuditAction', 'What an administrator did.', {
  PUBLISH_ROUTE: 'Put a new version of a route into force.',
  ROLLBACK_ROUTE: 'Put an earlier version of a route into force again.',
  SET_QUOTA: 'Set a quota, or changed its limit.',
  DELETE_QUOTA: 'Removed a quota.',
  CREATE_PROJECT: 'Made a project.',
  UPDATE_PROJECT: 'Renamed a project, or changed what it keeps.',
  ARCHIVE_PROJECT: 'Took a project out of use.',
  RESTORE_PROJECT: 'Took an archived project into use again.',
  CREATE_API_KEY: 'Made an API key.',
  UPDATE_API_KEY: 'Changed what an API key may do.',
  ROTATE_API_KEY: 'Put a new API key in the place of one that goes on for a while.',
  REVOKE_API_KEY: 'Ended an API key.',
  ERASE_PAYLOADS: 'Erased requests and answers that were kept.',
  REPRICE_CALLS: 'Charged calls at another price.',
  REPAIR_LEDGER: 'Added up rollups anew from the calls.',
  IMPORT_PROVIDER_REPORT: "Took in a provider's own report of cost.",
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
    projectId: t.exposeID('projectId', {
      nullable: true,
      description: 'The project that it was done to; null where it was the whole installation.',
    }),
    apiKeyId: t.exposeID('apiKeyId', {
      nullable: true,
      description:
        "The id of the API key that did it; null where it was done on the command line, or by another project's key.",
    }),
    apiKey: t.expose('apiKey', {
      type: AuditKeyRef,
      nullable: true,
      description: 'That key; null where it is gone, or there is no `apiKeyId`.',
    }),
    changes: t.expose('changes', { type: [AuditChangeRef], description: 'What became different, by path.' }),
    comment: t.exposeString('comment', { nullable: true, description: 'Why, in the words of who did it.' }),
  }),
})
