import { type Column, timestamp } from '../../database/row-arrays.ts'

/** Names a call. */
export interface CallKey {
  readonly id: string
  /** Milliseconds since 1970, as in its id. */
  readonly createdAt: number
}

export const CALL_KEYS: readonly Column<CallKey>[] = [
  { name: 'id', type: 'uuid', of: ({ id }) => id },
  { name: 'created_at', type: 'timestamptz', of: ({ createdAt }) => timestamp(createdAt) },
]
