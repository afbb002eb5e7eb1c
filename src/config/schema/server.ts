import { z } from 'zod'
import type { DatabaseConfig, ServerConfig } from '../define-config.ts'
import { flag, wholeNumber } from './fields.ts'
import { saying, strict } from './strict.ts'

const originAdvice = 'write an origin such as "https://app.example.com" (no path, no slash at the end), or "*" for all'
const origin = z
  .string(saying(originAdvice))
  .refine((text) => text === '*' || (URL.canParse(text) && new URL(text).origin === text), originAdvice)

const spoolAdvice = 'write the path of a folder, such as "/var/lib/switchyard/spool"'

const count = wholeNumber(1, 1_000_000).optional()

export const serverSchema = strict({
  cors: strict({ origins: z.array(origin, saying('write a list of origins')).optional() }).optional(),
  graphiql: flag.optional(),
  introspection: flag.optional(),
  limits: strict({
    bodyBytes: wholeNumber(1_024, 1_073_741_824).optional(),
    depth: count,
    aliases: count,
    tokens: count,
    cost: count,
  }).optional(),
}) satisfies z.ZodType<ServerConfig>

export const databaseSchema = strict({
  connections: wholeNumber(1, 1_000).optional(),
  spoolDirectory: z.string(saying(spoolAdvice)).min(1, spoolAdvice).optional(),
}) satisfies z.ZodType<DatabaseConfig>
