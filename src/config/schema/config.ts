import { z } from 'zod'
import { oneOf } from './fields.ts'
import { saying, strict } from './strict.ts'

const anything = z.unknown().optional()

/** The outermost keys alone. What they hold is read part by part, so that one that is wrong hides no other. */
export const outerSchema = strict({
  providers: anything,
  models: anything,
  routes: anything,
  defaults: anything,
  server: anything,
  database: anything,
  retention: anything,
  webhooks: anything,
  simulator: anything,
})

export function entriesSchema(what: string) {
  return z.record(z.string(), z.unknown(), saying(`write an object of ${what} by name`)).optional()
}

export const simulatorSchema = oneOf(['auto', 'always', 'never']).optional()
