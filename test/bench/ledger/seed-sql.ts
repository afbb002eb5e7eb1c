import { createHash } from 'node:crypto'

/** How many of everything; the first ones are the busiest. */
export const PROJECTS = 20
export const KEYS_OF_A_PROJECT = 4
const USERS_OF_THE_LARGEST = 30_000

const MODELS = [
  ['openai', 'gpt-5-mini', 250_000, 2_000_000, 900],
  ['anthropic', 'claude-haiku-4-5', 1_000_000, 5_000_000, 1_100],
  ['openai', 'gpt-5', 1_250_000, 10_000_000, 2_800],
  ['google', 'gemini-2.5-flash', 300_000, 2_500_000, 800],
  ['anthropic', 'claude-sonnet-4-5', 3_000_000, 15_000_000, 2_600],
  ['groq', 'llama-3.3-70b', 590_000, 790_000, 350],
  ['mistral', 'mistral-small', 100_000, 300_000, 700],
  ['google', 'gemini-2.5-pro', 1_250_000, 10_000_000, 4_200],
  ['deepseek', 'deepseek-chat', 270_000, 1_100_000, 3_100],
  ['openai', 'gpt-5-nano', 50_000, 400_000, 500],
  ['my-vllm', 'qwen3-32b', 0, 0, 650],
  ['openai', 'o3', 2_000_000, 8_000_000, 9_000],
] as const

const ROUTES = ['chat', 'auto', 'summary', 'search', 'agent', 'batch']
const FEATURES = ['chat', 'search', 'summary', 'autocomplete', 'translate', 'tagging', 'support', 'report', 'email']
const TEAMS = ['web', 'mobile', 'growth', 'platform', 'data', 'sales']

/** The id of a project or key of the seed: always the same, so that a benchmark finds them. */
export function seedId(name: string): string {
  const hex = createHash('md5').update(`switchyard seed ${name}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

const list = (values: readonly unknown[], type: string) =>
  `(array[${values.map((one) => `'${one}'`).join(', ')}]::${type}[])`
const pick = (values: readonly unknown[], type: string, place: string) =>
  `${list(values, type)}[least(${values.length}, ${place})]`

const projects = Array.from({ length: PROJECTS }, (_, at) => seedId(`project ${at}`))
const keys = projects.flatMap((_, project) =>
  Array.from({ length: KEYS_OF_A_PROJECT }, (_, key) => seedId(`project ${project} key ${key}`)),
)

/** A row of `call` for each of $1 calls of the day that begins at $2 and is $3 milliseconds long. */
export function callsOfDay(table: string): string {
  return `
    insert into ${table} (id, created_at, project_id, api_key_id, requested_model, end_user, tags, status, finished_at,
      provider, model, error_type, error_message, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, priced,
      cost_input, cost_cached_input, cost_output, wasted, total_ms, first_token_ms, overhead_ms, attempts, cache_status, plan,
      last_seq)
    select
      (lpad(to_hex((extract(epoch from at) * 1000)::int8), 12, '0') || '7' || substr(salt, 1, 3) || '8' || substr(salt, 4, 15))::uuid,
      at, project_id, api_key_id, requested, end_user, tags, status, at + total_ms * interval '1 millisecond',
      case when answered then provider end, case when answered then model end,
      case status when 'FAILED' then 'AllAttemptsFailedError' when 'CANCELLED' then 'CancelledError'
        when 'REFUSED' then 'QuotaExceededError' end,
      case when status in ('FAILED', 'REFUSED') then 'Seeded: the call did not succeed' end,
      input, cached, output, output / 5, priced,
      price_in * (input - cached), price_in / 10 * cached, price_out * output,
      case when tries > 1 then price_in * input else 0 end,
      total_ms, case when answered then total_ms * (0.1 + 0.3 * r8) end, 1 + r9 * 2, tries,
      case when r7 < 0.04 then 'HIT' when r7 < 0.3 then 'MISS' else 'BYPASS' end,
      jsonb_build_object('route', requested, 'strategy', 'priority', 'candidates', jsonb_build_array(jsonb_build_object(
        'provider', provider, 'model', model, 'reason', 'first in order', 'eligible', true, 'estimatedCost', '120000000'))),
      12
    from (
      select *,
        ${pick(projects, 'uuid', 'p + 1')} as project_id,
        ${list(keys, 'uuid')}[p * ${KEYS_OF_A_PROJECT} + 1 + floor(r2 * r2 * ${KEYS_OF_A_PROJECT})::int] as api_key_id,
        case when r3 < 0.7 then ${pick(ROUTES, 'text', '1 + floor(r4 * r4 * 6)::int')}
          else ${pick(
            MODELS.map(([provider, model]) => `${provider}/${model}`),
            'text',
            'm',
          )} end as requested,
        ${pick(
          MODELS.map(([one]) => one),
          'text',
          'm',
        )} as provider, ${pick(
          MODELS.map(([, one]) => one),
          'text',
          'm',
        )} as model,
        ${pick(
          MODELS.map(([, , one]) => one),
          'int8',
          'm',
        )} as price_in, ${pick(
          MODELS.map(([, , , one]) => one),
          'int8',
          'm',
        )} as price_out,
        ${pick(
          MODELS.map(([, , , , one]) => one),
          'float8',
          'm',
        )} * exp(0.55 * normal) as total_ms,
        m <> 11 as priced, status <> 'REFUSED' as answered,
        case when r5 < 0.75 then 'user-' || p || '-' || floor(power(r6, 2.2) * ${USERS_OF_THE_LARGEST} / power(p + 1, 0.8)) end as end_user,
        (case when status = 'REFUSED' then 0 else exp(6.3 + 0.9 * normal) end)::int8 as input,
        (case when status = 'REFUSED' or r9 < 0.6 then 0 else exp(6.3 + 0.9 * normal) * 0.4 end)::int8 as cached,
        (case when status = 'REFUSED' then 0 else exp(5 + 0.8 * normal) end)::int8 as output,
        case when status = 'REFUSED' then 0 when r8 > 0.95 then 2 else 1 end as tries,
        jsonb_build_array(jsonb_build_object('key', 'env', 'value', case when r7 < 0.92 then 'prod' else 'staging' end))
          || case when r4 < 0.9 then jsonb_build_array(jsonb_build_object('key', 'feature', 'value',
            ${pick(FEATURES, 'text', `1 + floor(power(r4 / 0.9, 1.7) * ${FEATURES.length})::int`)})) else '[]' end
          || case when r2 < 0.6 then jsonb_build_array(jsonb_build_object('key', 'team', 'value',
            ${pick(TEAMS, 'text', `1 + floor(r2 / 0.6 * ${TEAMS.length})::int`)})) else '[]' end
          || case when p < 6 and r8 < 0.3 then jsonb_build_array(jsonb_build_object('key', 'customer', 'value',
            'customer-' || floor(power(r6, 2) * 150))) else '[]' end
          || case when p % 7 = 3 then jsonb_build_array(jsonb_build_object('key', 'request', 'value', salt)) else '[]' end as tags
      from (
        select *, least(${MODELS.length}, 1 + floor(power(r1, 1.8) * ${MODELS.length})::int) as m,
          floor(power(r0, 2.5) * ${PROJECTS})::int as p,
          case when r10 < 0.93 then 'SUCCEEDED' when r10 < 0.965 then 'FAILED' when r10 < 0.98 then 'CANCELLED'
            when r10 < 0.99999 then 'REFUSED' else 'ABANDONED' end as status,
          date_trunc('milliseconds', $2::timestamptz + $3::float8 * interval '1 millisecond' *
            case when r11 < 0.7 then 0.3 + 0.5 * r12 else r12 end) as at,
          sqrt(-2 * ln(1 - r13)) * cos(2 * pi() * r12 * 7) as normal
        from (
          select md5(random()::text || i) as salt, ${Array.from({ length: 14 }, (_, at) => `random() as r${at}`).join(', ')}
          from generate_series(1, $1::int) as i
        ) as dice
      ) as drawn
    ) as call
    order by at`
}

/** An attempt for each try of the calls of a range. */
export const ATTEMPTS_OF_RANGE = `
  insert into attempt (call_id, created_at, number, project_id, provider, model, answered_model, key_name, outcome,
    failure_kind, failure_message, http_status, started_at, duration_ms, first_token_ms, input_tokens, cached_input_tokens,
    cache_write_tokens, cache_write_hour_tokens, output_tokens, reasoning_tokens, usage_estimated, cost_input,
    cost_cached_input, cost_cache_write, cost_output)
  select id, created_at, number, project_id, provider, model, model, 'SEED_KEY',
    case when number = attempts and status = 'SUCCEEDED' then 'SUCCEEDED' else 'FAILED' end,
    case when number < attempts or status <> 'SUCCEEDED' then 'SERVER_ERROR' end,
    case when number < attempts or status <> 'SUCCEEDED' then 'Seeded: the attempt failed' end,
    case when number < attempts then 503 else 200 end, created_at, total_ms / attempts, first_token_ms,
    input_tokens, cached_input_tokens, 0, 0, case when number = attempts then output_tokens else 0 end, 0, false,
    cost_input, cost_cached_input, 0, case when number = attempts then cost_output else 0 end
  from call cross join lateral generate_series(1, attempts) as number
  where attempts > 0 and created_at >= $1::timestamptz and created_at < $2::timestamptz and provider is not null`
