import { IN_RANGE } from './check-sql.ts'

/** What rollups read of a call: plans and the like would only fill the database's memory. */
const COLUMNS = [
  ...['id', 'created_at', 'project_id', 'api_key_id', 'requested_model', 'provider', 'model', 'status', 'end_user'],
  ...['tags', 'attempts', 'cache_status', 'input_tokens', 'cached_input_tokens', 'output_tokens', 'reasoning_tokens'],
  ...['cost_input', 'cost_cached_input', 'cost_cache_write', 'cost_output', 'wasted', 'saved', 'priced'],
  ...['total_ms', 'first_token_ms'],
]

/** The calls of the range that rollups count. */
export const ENDED = `(select ${COLUMNS.join(', ')} from call where status <> 'RUNNING' and ${IN_RANGE}) as made`
