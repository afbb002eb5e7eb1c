/** What a reader needs for errors inside an answer. */
export interface ReaderContext {
  readonly headers: Headers
  readonly now: number
  readonly secrets: readonly string[]
}
