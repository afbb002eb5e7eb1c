import type { RotatedApiKey } from '../core/api-key.ts'
import { ApiKeyRef } from './api-key.ts'
import { administratorOf } from './authorization.ts'
import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'
import { changed, typeOfChanged } from './changed.ts'
import { type InvalidInput, InvalidInputErrorRef } from './invalid-input-error.ts'
import { idArgument } from './item-page.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'

const ONE_DAY_S = 86_400
const LONGEST_OVERLAP_S = 30 * ONE_DAY_S

const RotatedApiKeyRef = builder.objectRef<RotatedApiKey>('RotatedApiKey').implement({
  description: 'A key that took the place of another.',
  fields: (t) => ({
    secret: t.exposeString('secret', { description: 'What its clients send. Shown this once: it is not kept.' }),
    key: t.expose('key', { type: ApiKeyRef, description: 'The new key, which may do what the old one could.' }),
    replaced: t.expose('replaced', { type: ApiKeyRef, description: 'The old key, which goes on until it expires.' }),
  }),
})

const RotateApiKeyResultRef = builder.unionType('RotateApiKeyResult', {
  description: 'The new key with its secret, or why there is none.',
  types: [RotatedApiKeyRef, InvalidInputErrorRef, NotFoundErrorRef],
  resolveType: (result) => typeOfChanged('RotatedApiKey', result),
})

builder.mutationField('rotateApiKey', (t) =>
  t.field({
    type: RotateApiKeyResultRef,
    description:
      'Makes a new key with the rights and quotas of an old one, which goes on beside it until the overlap is over. What the new one uses is counted anew. Needs the scope `admin` for the own project, `operator` for others, and all scopes of the key.',
    args: {
      id: t.arg.id({ required: true, description: 'As `apiKeys` has it.' }),
      overlapSeconds: t.arg.int({
        defaultValue: ONE_DAY_S,
        description: 'How long the old secret goes on, at most 30 days; 0 ends it at once.',
      }),
    },
    resolve: async (_root, { id, overlapSeconds }, context): Promise<RotatedApiKey | InvalidInput | NotFound> => {
      const overlap = overlapSeconds ?? ONE_DAY_S
      if (overlap < 0 || overlap > LONGEST_OVERLAP_S) {
        throw badArgument('overlapSeconds', `${overlap} is not from 0 to ${LONGEST_OVERLAP_S}.`)
      }
      const by = administratorOf(context)
      return changed(await context.access.keys.rotate(by, idArgument('id', id), overlap * 1000))
    },
  }),
)
