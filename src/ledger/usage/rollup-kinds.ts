/** The columns that rows of `usage_rollup` can be by. */
export const ROLLUP_DIMENSIONS = [
  'requested_model',
  'provider',
  'model',
  'status',
  'api_key_id',
  'end_user',
  'tag_value',
  'second_value',
  'tags',
] as const
export type RollupDimension = (typeof ROLLUP_DIMENSIONS)[number]

/** `RECENT` is by hour too, made as soon as an hour is over, and kept for some weeks only: by hour there are many rows. */
export type Grain = 'RECENT' | 'HOUR' | 'DAY' | 'MONTH'

/** One way in which calls of the past are summed up. */
export interface RollupKind {
  readonly by: readonly RollupDimension[]
  readonly grains: readonly Grain[]
  /**
   * How many values a period names, those that cost most; the others are one row, so that ids can't fill it. Of tags, for each
   * key; absent where all are named.
   */
  readonly values?: number
  /**
   * Whose calls are in it where not those of all are: of end users who have `BUSY_ROWS` a month (of the others, their days
   * are read), or of those that cost most under each value of a tag.
   */
  readonly only?: 'BUSY_USERS' | 'TOP_USERS'
}

/** From how many rows by day on it pays to sum up a month of an end user: most have a few calls. */
export const BUSY_ROWS = 16

/**
 * Which calls rows are of: all; those that name an end user, or none; those of each tag's key, or of each two keys; those of
 * each tag's key that name an end user, or none; and those of the end users that cost most, of all calls or of each tag's key.
 */
export type KindOf =
  | 'ALL'
  | 'USER'
  | 'USER_TAG'
  | 'ANONYMOUS'
  | 'TAG'
  | 'TWO_TAGS'
  | 'ANONYMOUS_TAG'
  | 'TOP_USERS'
  | 'TOP_USERS_OF_TAG'

export interface NamedKind extends RollupKind {
  /** Of tags, the name in the table ends with a hash of the keys. */
  readonly name: string
  readonly of: KindOf
}

export const TOP_USER = 'top_user'
export const TOP_USER_OF_TAG = 'top_user_of_tag'
export const USER_DETAIL = 'end_user_detail'

const MODEL = ['provider', 'model'] as const
const DETAIL = ['requested_model', ...MODEL, 'status', 'api_key_id'] as const
const DAYS: readonly Grain[] = ['DAY', 'MONTH']
const RECENT_TOO: readonly Grain[] = ['RECENT', ...DAYS]
const MONTHS: readonly Grain[] = ['MONTH']

/** From the smallest to the largest: a query reads the first that knows all it asks for. */
const KINDS = {
  ALL: {
    total: { by: [], grains: ['HOUR', ...DAYS] },
    status: { by: ['status'], grains: DAYS },
    api_key: { by: ['api_key_id'], grains: RECENT_TOO },
    provider: { by: ['provider'], grains: DAYS },
    model: { by: MODEL, grains: DAYS },
    requested_model: { by: ['requested_model'], grains: DAYS },
    status_api_key: { by: ['status', 'api_key_id'], grains: RECENT_TOO },
    model_status: { by: [...MODEL, 'status'], grains: DAYS },
    api_key_model: { by: [...MODEL, 'api_key_id'], grains: RECENT_TOO },
    requested_model_status: { by: ['requested_model', 'status'], grains: DAYS },
    requested_model_api_key: { by: ['requested_model', 'api_key_id'], grains: RECENT_TOO },
    requested_model_model: { by: ['requested_model', ...MODEL], grains: DAYS },
    model_status_api_key: { by: [...MODEL, 'status', 'api_key_id'], grains: RECENT_TOO },
    requested_model_status_api_key: { by: ['requested_model', 'status', 'api_key_id'], grains: RECENT_TOO },
    coarse: { by: ['requested_model', ...MODEL, 'status'], grains: DAYS },
    requested_model_model_api_key: { by: ['requested_model', ...MODEL, 'api_key_id'], grains: MONTHS },
    detail: { by: DETAIL, grains: DAYS },
  },
  // A user has few calls a day: by day, all that there is to know of them takes hardly more rows than anything less.
  USER: {
    end_user: { by: ['end_user'], grains: DAYS },
    end_user_status: { by: ['end_user', 'status'], grains: MONTHS, only: 'BUSY_USERS' },
    end_user_api_key: { by: ['end_user', 'api_key_id'], grains: MONTHS, only: 'BUSY_USERS' },
    end_user_model: { by: ['end_user', ...MODEL], grains: MONTHS, only: 'BUSY_USERS' },
    end_user_requested_model: { by: ['end_user', 'requested_model'], grains: MONTHS, only: 'BUSY_USERS' },
    end_user_tags: { by: ['end_user', 'tags'], grains: MONTHS, only: 'BUSY_USERS' },
    [USER_DETAIL]: { by: ['end_user', ...DETAIL, 'tags'], grains: ['DAY'] },
  },
  USER_TAG: {
    end_user_tag: { by: ['end_user', 'tag_value'], grains: MONTHS, only: 'BUSY_USERS' },
  },
  // Else all calls of a time would be read for these, which no index of end users finds.
  ANONYMOUS: {
    anonymous: { by: [], grains: RECENT_TOO },
    anonymous_status: { by: ['status'], grains: RECENT_TOO },
    anonymous_api_key: { by: ['api_key_id'], grains: RECENT_TOO },
    anonymous_model: { by: MODEL, grains: RECENT_TOO },
    anonymous_requested_model: { by: ['requested_model'], grains: RECENT_TOO },
    anonymous_detail: { by: DETAIL, grains: DAYS },
  },
  TAG: {
    tag: { by: ['tag_value'], grains: RECENT_TOO, values: 200 },
    tag_status: { by: ['tag_value', 'status'], grains: RECENT_TOO, values: 50 },
    tag_api_key: { by: ['tag_value', 'api_key_id'], grains: RECENT_TOO, values: 50 },
    tag_model: { by: ['tag_value', ...MODEL], grains: RECENT_TOO, values: 50 },
    tag_requested_model: { by: ['tag_value', 'requested_model'], grains: RECENT_TOO, values: 50 },
    tag_detail: { by: ['tag_value', ...MODEL, 'status'], grains: DAYS, values: 20 },
  },
  TWO_TAGS: {
    two_tags: { by: ['tag_value', 'second_value'], grains: RECENT_TOO, values: 50 },
    two_tags_status: { by: ['tag_value', 'second_value', 'status'], grains: RECENT_TOO, values: 10 },
    two_tags_model: { by: ['tag_value', 'second_value', ...MODEL], grains: RECENT_TOO, values: 10 },
  },
  ANONYMOUS_TAG: {
    anonymous_tag: { by: ['tag_value'], grains: RECENT_TOO, values: 50 },
  },
  // Whom a report names.
  TOP_USERS: {
    [TOP_USER]: { by: ['end_user'], grains: RECENT_TOO },
  },
  TOP_USERS_OF_TAG: {
    [TOP_USER_OF_TAG]: { by: ['end_user', 'tag_value'], grains: DAYS, values: 20, only: 'TOP_USERS' },
  },
} as const satisfies Record<KindOf, Readonly<Record<string, RollupKind>>>

export const ROLLUP_KINDS: readonly NamedKind[] = (
  Object.entries(KINDS) as [KindOf, Record<string, RollupKind>][]
).flatMap(([of, kinds]) => Object.entries(kinds).map(([name, kind]) => ({ name, of, ...kind })))

/**
 * How many keys of tags a period has rollups of, those that most calls have: who makes keys of ids can't fill them either. Of
 * other keys, the calls are read.
 */
export const [FEWEST_KEYS, MOST_KEYS] = [8, 32]
export const KEYS_OF: Partial<Readonly<Record<KindOf, number>>> = {
  TAG: MOST_KEYS,
  ANONYMOUS_TAG: MOST_KEYS,
  TOP_USERS_OF_TAG: MOST_KEYS,
  TWO_TAGS: FEWEST_KEYS,
}
/** What stands in place of a key's hash in `usage_named` where the keys themselves are told, by their hashes. */
export const NAMED_KEYS = 'keys'

const NAMED = ROLLUP_KINDS.flatMap(({ values }) => values ?? [])
/** How many values of a tag the rollups name that name the fewest, and those that name the most. */
export const [FEWEST_VALUES, MOST_VALUES] = [Math.min(...NAMED), Math.max(...NAMED)]

/** The kind that tells with the fewest rows who is busy in a month. */
export const SMALLEST_OF_BUSY_USERS = ROLLUP_KINDS.find(({ only }) => only === 'BUSY_USERS')?.name ?? ''

const OF_TAGS: ReadonlySet<KindOf> = new Set(['TAG', 'USER_TAG', 'TWO_TAGS', 'ANONYMOUS_TAG', 'TOP_USERS_OF_TAG'])

/** Whether a kind is of tags, so that its name in the table ends with a hash of the keys. */
export function isOfTags({ of }: NamedKind): boolean {
  return OF_TAGS.has(of)
}

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

export const TOP_USERS = smallestKinds('TOP_USERS', new Set())
export const TOP_USERS_OF_TAG = smallestKinds('TOP_USERS_OF_TAG', new Set())
