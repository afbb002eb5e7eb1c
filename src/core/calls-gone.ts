/** A question that only calls can answer which were dropped because they were older than what is kept. */
export class CallsGone extends Error {
  override readonly name = 'CallsGone'
  /** Calls from here on are there, in milliseconds since 1970. */
  readonly keptFrom: number

  constructor(keptFrom: number) {
    super(`Only calls can tell this, and those made before ${new Date(keptFrom).toISOString()} are no longer kept`)
    this.keptFrom = keptFrom
  }
}
