/** The columns that rows of `usage_rollup` can be by. */
export const ROLLUP_DIMENSIONS = [
  'requested_model',
  'provider',
  'model',
  'status',
  'api_key_id',
  'end_user',
  'tag_value',
] as const
export type RollupDimension = (typeof ROLLUP_DIMENSIONS)[number]

export type Grain = 'HOUR' | 'DAY' | 'MONTH'

/** One way in which calls of the past are summed up. */
export interface RollupKind {
  readonly by: readonly RollupDimension[]
  readonly grains: readonly Grain[]
}

const DETAIL = ['requested_model', 'provider', 'model', 'status', 'api_key_id'] as const

/** From the smallest to the largest: a query reads the first that knows all it asks for. */
const KINDS = {
  total: { by: [], grains: ['HOUR', 'DAY', 'MONTH'] },
  status: { by: ['status'], grains: ['DAY', 'MONTH'] },
  provider: { by: ['provider'], grains: ['DAY', 'MONTH'] },
  requested_model: { by: ['requested_model'], grains: ['DAY', 'MONTH'] },
  model: { by: ['model'], grains: ['DAY', 'MONTH'] },
  api_key: { by: ['api_key_id'], grains: ['DAY', 'MONTH'] },
  model_status: { by: ['provider', 'model', 'status'], grains: ['DAY', 'MONTH'] },
  coarse: { by: ['requested_model', 'provider', 'model', 'status'], grains: ['DAY', 'MONTH'] },
  detail: { by: DETAIL, grains: ['DAY', 'MONTH'] },
  end_user: { by: ['end_user'], grains: ['DAY', 'MONTH'] },
  // By day this would be as large as the calls are.
  end_user_detail: { by: ['end_user', ...DETAIL], grains: ['MONTH'] },
} as const satisfies Record<string, RollupKind>

/** Once for each key of a tag; in the table their names end with a hash of it. */
const TAG_KINDS = {
  tag: { by: ['tag_value'], grains: ['DAY', 'MONTH'] },
  tag_detail: { by: ['tag_value', 'provider', 'model', 'status'], grains: ['DAY', 'MONTH'] },
} as const satisfies Record<string, RollupKind>

/** The end users that cost the most in a period: whom a report names. */
export const TOP_USERS: NamedKind = { name: 'top_user', by: ['end_user'], grains: ['DAY', 'MONTH'] }

export interface NamedKind extends RollupKind {
  readonly name: string
}

export const PLAIN_KINDS: readonly NamedKind[] = named(KINDS)
export const KINDS_OF_TAGS: readonly NamedKind[] = named(TAG_KINDS)

function named(kinds: Readonly<Record<string, RollupKind>>): NamedKind[] {
  return Object.entries(kinds).map(([name, kind]) => ({ name, ...kind }))
}

/** The smallest kind that knows all of some dimensions; null where none does. */
export function smallestKind(dimensions: ReadonlySet<RollupDimension>): NamedKind | null {
  const kinds = dimensions.has('tag_value') ? KINDS_OF_TAGS : PLAIN_KINDS
  return kinds.find(({ by }) => [...dimensions].every((dimension) => by.includes(dimension))) ?? null
}
