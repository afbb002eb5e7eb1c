import { namesOf, unnest } from '../../database/row-arrays.ts'
import { changeRollups } from '../usage/rollup-sql.ts'
import { ATTEMPT_COLUMNS } from './attempt-columns.ts'
import { OPEN_COLUMNS, OUTCOME_COLUMNS, SETTLED_COLUMNS } from './call-columns.ts'

/** Writes RUNNING calls; one that has its row, running or ended, is left as it is. */
export const OPEN_CALLS = `
  insert into call (${namesOf(OPEN_COLUMNS)})
  select * from ${unnest(OPEN_COLUMNS, 'opened', 1)}
  on conflict (id, created_at) do nothing`

const OUTCOMES = OUTCOME_COLUMNS.map(({ name }) => `${name} = excluded.${name}`).join(', ')
const ATTEMPT_NAMES = ATTEMPT_COLUMNS.map(({ name }) => `tried.${name}`).join(', ')

/**
 * Ends calls, whether they have a RUNNING row or none, and returns those that this ended. A call that had ended before
 * is not returned and changes nothing: attempts and rollups are written for the returned ones only, in the same
 * statement, so that a statement repeated after an unknown commit counts nothing twice.
 */
export const SETTLE_CALLS = `
  with settled as (
    insert into call (${namesOf(SETTLED_COLUMNS)})
    select * from ${unnest(SETTLED_COLUMNS, 'ended', 1)} order by id
    on conflict (id, created_at) do update set ${OUTCOMES} where call.status = 'RUNNING'
    returning call.*
  ), attempted as (
    insert into attempt (${namesOf(ATTEMPT_COLUMNS)})
    select ${ATTEMPT_NAMES} from ${unnest(ATTEMPT_COLUMNS, 'tried', SETTLED_COLUMNS.length + 1)}
    join settled on settled.id = tried.call_id
    on conflict do nothing
  ), ${changeRollups('settled', '+')}
  select id from settled`
