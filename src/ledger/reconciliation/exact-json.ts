import { ReportError } from './report-error.ts'

/** What the third argument of a reviver tells (ECMAScript proposal "JSON.parse source text access", in Node since 21). */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown

const numbersAsWritten: SourceReviver = (_, value, { source }) =>
  typeof value === 'number' && source !== undefined ? source : value

/**
 * Reads JSON with every number as the text that stands there: a float would lose what an amount says.
 * @throws ReportError where it is no JSON
 */
export function parseExactly(text: string): unknown {
  try {
    return JSON.parse(text, numbersAsWritten as (key: string, value: unknown) => unknown)
  } catch (error) {
    throw new ReportError(`The report is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}
