import { z } from 'zod'
import { ReportError } from './report-error.ts'

/** What a report says, read by a schema. @throws ReportError naming where it is not what it must be */
export function readAs<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new ReportError(`This is not ${what}: at "${issue?.path.join('.')}": ${issue?.message}`)
}

/** One page, or a list of the pages in which a report came. */
export function pagesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

/** What every page of a report in pages says of the next. */
export const pageSchema = z.object({ has_more: z.boolean().nullish(), next_page: z.string().nullish() })

/** A number, which is read as the text that it is written as; or a text that holds one. */
export const numeral = z.string()
