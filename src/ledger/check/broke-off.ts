/** Attempts that an answer of another may have gone on from: they had sent something. No row says whether one did. */
export const BROKE_OFF = `attempt.outcome in ('FAILED', 'TIMED_OUT') and attempt.first_token_ms is not null`
