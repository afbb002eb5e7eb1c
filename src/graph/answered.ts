import { CallsGone } from '../core/calls-gone.ts'
import { badArgument } from './bad-input.ts'

/** A question about calls that are gone is its asker's to change. */
export async function answered<T>(report: Promise<T>): Promise<T> {
  return await report.catch((error: unknown) => {
    throw error instanceof CallsGone ? badArgument('range', error.message) : error
  })
}
