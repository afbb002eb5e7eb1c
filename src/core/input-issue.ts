/** One thing that is wrong with a caller's input. */
export interface InputIssue {
  /** Where, as GraphQL field names and list indices: `["messages", "0", "user", "1", "imageUrl"]`. */
  readonly path: readonly string[]
  /** What is wrong and what to write instead. */
  readonly message: string
}
