/**
 * A tool's result as text. Neither of OpenAI's APIs has a field for a result that is an error, so the model is told in
 * words.
 */
export function toolResultText({ content, isError }: { readonly content: string; readonly isError: boolean }): string {
  return isError ? `The tool failed: ${content}` : content
}
