/** Something that every call needs is away for the moment. */
export class Unavailable extends Error {
  override readonly name: string = 'Unavailable'
  readonly retryAfterMs = 1000
  /** What a caller is told. The message itself may hold what is not for callers, such as addresses. */
  readonly advice: string

  constructor(advice: string, message: string = advice, options?: ErrorOptions) {
    super(message, options)
    this.advice = advice
  }
}

/** The database is away, before anything was spent. */
export class LedgerUnavailable extends Unavailable {
  override readonly name = 'LedgerUnavailable'

  constructor(message: string, options?: ErrorOptions) {
    super('The ledger is away for the moment. Nothing was spent; try again shortly.', message, options)
  }
}

/** A call has ended, but the database is away: its row is kept and written later, and its answer is held back. */
export class SettlementPending extends Unavailable {
  override readonly name = 'SettlementPending'

  constructor(callId: string, options?: ErrorOptions) {
    super(
      `Call ${callId} has ended, but the ledger is away and could not record it yet. It is kept and will be recorded; ` +
        'ask for it by this id, or repeat the call under the same idempotencyKey.',
      undefined,
      options,
    )
  }
}
