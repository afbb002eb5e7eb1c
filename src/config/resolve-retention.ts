import type { KeepFor, RetentionSettings } from '../core/settings.ts'
import type { Problems } from './problem.ts'
import { readSection } from './read-section.ts'
import { retentionSchema } from './schema/retention.ts'

/** What is not named is kept for ever. */
export function resolveRetention(value: unknown, problems: Problems): RetentionSettings {
  const config = readSection(retentionSchema.optional(), value, 'retention', problems) ?? {}
  return { calls: keepFor(config.calls), payloads: keepFor(config.payloads) }
}

const MONTHS_OF_A_YEAR = 12

function keepFor(text: string | undefined): KeepFor | null {
  if (text === undefined) return null
  const [count = '', unit = ''] = text.split(' ')
  if (unit.startsWith('year')) return { count: Number(count) * MONTHS_OF_A_YEAR, unit: 'months' }
  return { count: Number(count), unit: unit.startsWith('day') ? 'days' : 'months' }
}
