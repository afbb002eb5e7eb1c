import { z } from 'zod'
import { amountOf, countOf } from './amount.ts'
import { ReportError } from './report-error.ts'
import { dayOf } from './report-rows.ts'

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

/** A text that is read by a function; where that throws a ReportError, it is said where the text stands. */
function readBy<T>(read: (text: string) => T) {
  return z.string().transform((text, context): T => {
    try {
      return read(text)
    } catch (error) {
      if (!(error instanceof ReportError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
      return z.NEVER
    }
  })
}

/** Numbers, which are read as the texts that they are written as; or texts that hold them. */
export const dollars = readBy((text) => amountOf(text, 'usd'))
export const cents = readBy((text) => amountOf(text, 'cents'))
export const count = readBy(countOf)

/** The day of a date, or of a date and time. */
export const day = readBy((text) => {
  const found = dayOf(text)
  if (found === null) throw new ReportError(`"${text}" is no date`)
  return found
})

/** The day of a time in seconds. */
export const dayOfSeconds = readBy((text) => {
  const time = new Date(countOf(text) * 1000)
  if (Number.isNaN(time.getTime())) throw new ReportError(`"${text}" is no time in seconds`)
  return time.toISOString().slice(0, 10)
})

/** What is not in US dollars can't be compared. */
export const usDollars = z.string().refine((currency) => currency.toUpperCase() === 'USD', {
  error: ({ input }) => `"${input}" is not US dollars`,
})
