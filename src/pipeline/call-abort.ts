/** The reason with which a call's signal is aborted: it ends by its caller's will or by its own deadline. */
export class CallAbort extends Error {
  override readonly name = 'CallAbort'
  readonly by: 'caller' | 'deadline'

  constructor(by: 'caller' | 'deadline') {
    super(by === 'caller' ? 'The call was cancelled' : "The call's total deadline passed")
    this.by = by
  }
}
