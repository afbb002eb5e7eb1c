/** Who or what ends a call, or one of two attempts that are under way at once. */
type Aborter = 'caller' | 'deadline' | 'fasterAttempt' | 'contentRejected'

const MESSAGES = {
  caller: 'The call was cancelled',
  deadline: "The call's total deadline passed",
  fasterAttempt: 'Another attempt was faster',
  contentRejected: 'The content was rejected at another provider',
} satisfies Record<Aborter, string>

/** The reason with which a call's signal, or that of one of its attempts, is aborted before its end. */
export class CallAbort extends Error {
  override readonly name = 'CallAbort'
  readonly by: Aborter

  constructor(by: Aborter) {
    super(MESSAGES[by])
    this.by = by
  }
}
