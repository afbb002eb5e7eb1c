/** A report that can not be read, or can not be had. The message says what is wrong, and never a key. */
export class ReportError extends Error {
  override readonly name = 'ReportError'
}
