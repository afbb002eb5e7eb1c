/** A row in a group commit's queue, with whoever waits for it. */
export interface WaitingRow<T, R> {
  readonly row: T
  readonly done: PromiseWithResolvers<R>
  state: 'fresh' | 'tried' | 'done'
  /** How many bytes it takes in the spool; null where it is in memory alone. */
  spooledBytes: number | null
}
