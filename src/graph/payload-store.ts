import type { PayloadStore } from '../core/payload.ts'
import { describedEnum } from './described-enum.ts'

export const PayloadStoreRef = describedEnum<PayloadStore>(
  'PayloadStore',
  'What a project keeps of its requests and answers, beside their rows in the ledger.',
  {
    NONE: 'Nothing.',
    METADATA: 'Their shape: roles, sizes, settings; no word of what was said.',
    FULL: 'All of it.',
  },
)
