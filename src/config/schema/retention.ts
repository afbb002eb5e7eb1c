import { z } from 'zod'
import type { RetentionConfig } from '../define-config.ts'
import { saying, strict } from './strict.ts'

const advice = 'write how long, such as "30 days", "13 months" or "2 years"'

const period = z.string(saying(advice)).regex(/^[1-9]\d{0,3} (days?|months?|years?)$/, advice)

export const retentionSchema = strict({
  calls: period.optional(),
  payloads: period.optional(),
}) satisfies z.ZodType<RetentionConfig>
