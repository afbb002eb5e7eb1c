import { BROKE_OFF } from './broke-off.ts'
import { differences, IN_RANGE, intruders, type Pair } from './check-sql.ts'

const PARTS = ['cost_input', 'cost_cached_input', 'cost_cache_write', 'cost_output'] as const

const TOKENS = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'cache_write_hour_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const

const TOTAL = PARTS.map((part) => `coalesce(${part}, 0)::numeric`).join(' + ')

/** What the attempts of each call of the range add up to. */
const TRIED = `(
  select call_id, created_at as tried_at, count(*) as attempts,
    ${PARTS.map((part) => `sum(coalesce(${part}, 0)::numeric) as ${part}`).join(', ')},
    coalesce(sum(${TOTAL}) filter (where outcome <> 'SUCCEEDED'), 0) as unanswered,
    coalesce(sum(${TOTAL}) filter (where ${BROKE_OFF}), 0) as broke_off,
    bool_and(cost_input is not null) as priced
  from attempt where ${IN_RANGE} group by call_id, created_at
)`

const IN_CALLS = 'call.created_at >= $1::timestamptz and call.created_at < $2::timestamptz'

/** What broke off was not wasted where the answer went on from it. */
const LEAST_WASTED = `coalesce(tried.unanswered - case when call.status = 'SUCCEEDED' then tried.broke_off else 0 end, 0)`
const WASTED = `least(greatest(call.wasted, ${LEAST_WASTED}), coalesce(tried.unanswered, 0))`

const COSTS: readonly Pair[] = [
  ...PARTS.map((name) => ({ field: name, expected: `coalesce(tried.${name}, 0)`, found: `call.${name}` })),
  { field: 'wasted', expected: WASTED, found: 'call.wasted' },
  { field: 'priced', expected: 'coalesce(tried.priced, true)', found: 'call.priced' },
]

/** An abandoned call has the bound that was reserved in place of what its attempts came to. */
const SETTLED = `call.status not in ('RUNNING', 'ABANDONED')`

/** Calls against the sums over their attempts. */
export function attemptSumChecks(): string[] {
  const from = `call left join ${TRIED} as tried on tried.call_id = call.id and tried.tried_at = call.created_at`
  const common = { place: 'call', key: 'call.id::text', from }
  return [
    differences({ ...common, where: `${IN_CALLS} and ${SETTLED}`, pairs: COSTS }),
    differences({
      ...common,
      where: `${IN_CALLS} and call.status <> 'RUNNING'`,
      pairs: [{ field: 'attempts', expected: 'coalesce(tried.attempts, 0)', found: 'call.attempts' }],
    }),
    differences({
      place: 'call',
      key: 'call.id::text',
      from: `call join attempt on attempt.call_id = call.id and attempt.created_at = call.created_at`,
      where: `${IN_CALLS} and call.status = 'SUCCEEDED' and attempt.outcome = 'SUCCEEDED' and call.cache_status <> 'HIT'`,
      pairs: TOKENS.map((name) => ({
        field: name,
        expected: `coalesce(attempt.${name}, 0)`,
        found: `call.${name}`,
      })),
    }),
    unansweredTokens(),
  ]
}

/** Which attempt stands for a call without an answer depends on which ended last, so any of them will do. */
function unansweredTokens(): string {
  const same = TOKENS.map((name) => `attempt.${name} = call.${name}`).join(' and ')
  const tried = 'attempt where attempt.call_id = call.id and attempt.created_at = call.created_at'
  const found = `concat_ws(' ', ${TOKENS.map((name) => `call.${name}`).join(', ')})`
  return intruders(
    'call',
    'call.id',
    'tokens of none of its attempts',
    found,
    `call where ${IN_CALLS} and ${SETTLED} and call.status <> 'SUCCEEDED'
      and (${TOKENS.map((name) => `call.${name} <> 0`).join(' or ')})
      and not exists (select from ${tried} and ${same})`,
  )
}

/** No part is larger than what it is a part of, and nothing is below zero. */
export function componentChecks(): string[] {
  return [
    ...['call', 'attempt'].flatMap((table) => {
      const key = table === 'call' ? 'id' : `concat_ws(' ', call_id, number)`
      const rows = `${table} where ${IN_RANGE}`
      return [
        intruders(
          table,
          key,
          'part of input_tokens',
          'cached_input_tokens + cache_write_tokens',
          `${rows} and cached_input_tokens + cache_write_tokens > input_tokens`,
        ),
        intruders(
          table,
          key,
          'cache_write_hour_tokens',
          'cache_write_hour_tokens',
          `${rows} and cache_write_hour_tokens > cache_write_tokens`,
        ),
        intruders(table, key, 'reasoning_tokens', 'reasoning_tokens', `${rows} and reasoning_tokens > output_tokens`),
        intruders(table, key, 'least of costs and tokens', leastOf(), `${rows} and ${leastOf()} < 0`),
      ]
    }),
    intruders('call', 'id', 'wasted', 'wasted', `call where ${IN_RANGE} and (wasted > ${TOTAL} or wasted < 0)`),
  ]
}

function leastOf(): string {
  return `least(${[...PARTS, ...TOKENS].join(', ')})`
}

/** What an attempt cost follows from its tokens and its pinned price; without a price it cost nothing. */
export function priceChecks(): string[] {
  const unit = (name: string) => `coalesce((price->'units'->>'${name}')::numeric, 0)`
  const plain = 'greatest(input_tokens - cached_input_tokens - cache_write_tokens, 0)'
  const expected = {
    cost_input: `${plain} * ${unit('input')}`,
    cost_cached_input: `cached_input_tokens * ${unit('cachedInput')}`,
    cost_cache_write: `(cache_write_tokens - cache_write_hour_tokens) * ${unit('cacheWrite')}
      + cache_write_hour_tokens * ${unit('cacheWriteHour')}`,
    cost_output: `output_tokens * ${unit('output')}`,
  } as const satisfies Record<(typeof PARTS)[number], string>
  return [
    differences({
      place: 'attempt',
      key: `concat_ws(' ', call_id, number)`,
      from: 'attempt',
      where: `${IN_RANGE} and cost_input is not null`,
      pairs: PARTS.map((part) => ({ field: part, expected: `coalesce(${expected[part]}, 0)`, found: part })),
    }),
  ]
}
