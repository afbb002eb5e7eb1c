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

/** `RECENT` is by hour too, made as soon as an hour is over, and kept for some weeks only: by hour there are many rows. */
export type Grain = 'RECENT' | 'HOUR' | 'DAY' | 'MONTH'

/** One way in which calls of the past are summed up. */
export interface RollupKind {
  readonly by: readonly RollupDimension[]
  readonly grains: readonly Grain[]
}

/** Which calls rows are of: those that name no end user, those that name one, or those with a tag, once for each of its keys. */
export type KindOf = 'ALL' | 'ANONYMOUS' | 'USERS' | 'TAG'

export interface NamedKind extends RollupKind {
  /** Of tags, the name in the table ends with a hash of the key. */
  readonly name: string
  readonly of: KindOf
}

export const TOP_USER = 'top_user'

const DETAIL = ['requested_model', 'provider', 'model', 'status', 'api_key_id'] as const
const MODEL = ['provider', 'model'] as const
const DAYS: readonly Grain[] = ['DAY', 'MONTH']
const RECENT_TOO: readonly Grain[] = ['RECENT', ...DAYS]

/** From the smallest to the largest: a query reads the first that knows all it asks for. */
const KINDS = {
  ALL: {
    total: { by: [], grains: ['HOUR', ...DAYS] },
    status: { by: ['status'], grains: DAYS },
    provider: { by: ['provider'], grains: DAYS },
    requested_model: { by: ['requested_model'], grains: DAYS },
    model: { by: ['model'], grains: DAYS },
    api_key: { by: ['api_key_id'], grains: RECENT_TOO },
    model_status: { by: [...MODEL, 'status'], grains: DAYS },
    requested_model_model: { by: ['requested_model', ...MODEL], grains: DAYS },
    api_key_model: { by: [...MODEL, 'api_key_id'], grains: RECENT_TOO },
    coarse: { by: ['requested_model', ...MODEL, 'status'], grains: DAYS },
    detail: { by: DETAIL, grains: DAYS },
    end_user: { by: ['end_user'], grains: DAYS },
    end_user_model: { by: ['end_user', ...MODEL], grains: ['MONTH'] },
    end_user_detail: { by: ['end_user', ...DETAIL], grains: DAYS },
  },
  // Else all calls of a time would be read for these, which no index of end users finds.
  ANONYMOUS: {
    anonymous: { by: [], grains: RECENT_TOO },
    anonymous_model: { by: MODEL, grains: RECENT_TOO },
    anonymous_detail: { by: DETAIL, grains: DAYS },
  },
  // The end users that cost the most in a period: whom a report names.
  USERS: {
    [TOP_USER]: { by: ['end_user'], grains: RECENT_TOO },
  },
  TAG: {
    tag: { by: ['tag_value'], grains: RECENT_TOO },
    tag_model: { by: ['tag_value', ...MODEL], grains: RECENT_TOO },
    tag_detail: { by: ['tag_value', ...MODEL, 'status'], grains: DAYS },
  },
} as const satisfies Record<KindOf, Readonly<Record<string, RollupKind>>>

export const ROLLUP_KINDS: readonly NamedKind[] = (
  Object.entries(KINDS) as [KindOf, Record<string, RollupKind>][]
).flatMap(([of, kinds]) => Object.entries(kinds).map(([name, kind]) => ({ name, of, ...kind })))

/** For each grain a kind; null where none is of use. */
export type KindsByGrain = Readonly<Record<Grain, NamedKind | null>>

/** The smallest kinds of some calls that know all of some dimensions. */
export function smallestKinds(of: KindOf, dimensions: ReadonlySet<RollupDimension>): KindsByGrain {
  const known = ROLLUP_KINDS.filter(
    (kind) => kind.of === of && [...dimensions].every((dimension) => kind.by.includes(dimension)),
  )
  const smallest = (grain: Grain) => known.find(({ grains }) => grains.includes(grain)) ?? null
  return { RECENT: smallest('RECENT'), HOUR: smallest('HOUR'), DAY: smallest('DAY'), MONTH: smallest('MONTH') }
}

/** Where only the hourly rollup or calls know. */
export const NO_KINDS: KindsByGrain = { RECENT: null, HOUR: null, DAY: null, MONTH: null }

export const TOP_USERS = smallestKinds('USERS', new Set())
