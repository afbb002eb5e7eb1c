/**
 * What a failed statement means for whoever sent it:
 * - `away`: the database can't be reached or is not ready; the same statement may work later
 * - `conflict`: it lost against another transaction; the same statement may work at once
 * - `data`: the database will never take these values
 * - `other`: it does not fit the tables, or is not allowed; a matter for people
 */
export type DatabaseFailure = 'away' | 'conflict' | 'data' | 'other'

/** Errors of Node's sockets and of the driver's connections. */
const AWAY_CODES = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EAGAIN',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** Serialisation failure, deadlock, lock not available (PostgreSQL manual, appendix A). */
const CONFLICT_STATES = new Set(['40001', '40P01', '55P03'])

/**
 * Class 08: connection; 53: resources; 57: intervention (shutdown, not started yet, cancelled); 58: system;
 * 25006: a standby that does not take writes; F0, XX: broken files or an internal error.
 */
const AWAY_STATES = /^(08|53|57|58|F0|XX)|^25006$/

/** Class 21: cardinality; 22: data; 23: constraint; 54: a limit of the program, such as the size of an index entry. */
const DATA_STATES = /^(21|22|23|54)/

export function failureOf(error: unknown): DatabaseFailure {
  if (!(error instanceof Error)) return 'other'
  const code = codeOf(error)
  // A value that can't even be written as a parameter fails here, before it's sent.
  if (code === null) return error instanceof TypeError || error instanceof RangeError ? 'data' : 'other'
  if (AWAY_CODES.has(code)) return 'away'
  if (code === 'MAX_PARAMETERS_EXCEEDED') return 'data'
  if (CONFLICT_STATES.has(code)) return 'conflict'
  if (AWAY_STATES.test(code)) return 'away'
  if (DATA_STATES.test(code)) return 'data'
  return 'other'
}

/** Whether the connection itself is gone, so that nothing more can be said over it. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && AWAY_CODES.has(codeOf(error) ?? '')
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null
}
