/**
 * What reads of few rows are set to, in their transaction: to compile a statement, or to start workers for it, takes longer
 * than to run it, and the planner expects more rows than there are.
 */
export const SHORT_READS = 'set local jit = off; set local max_parallel_workers_per_gather = 0'

/** The same, where all statements of the transaction see the ledger of one moment. */
export const ONE_MOMENT = `set transaction isolation level repeatable read, read only; ${SHORT_READS}`
