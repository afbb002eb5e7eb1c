import type { Attempt } from '../../core/attempt.ts'
import type { SettledCall } from '../../core/call.ts'
import type { CostParts } from '../../core/cost.ts'
import type { Price } from '../../core/price.ts'
import { type Column, timestamp } from '../../database/row-arrays.ts'

/** An attempt with the call that it served. */
export interface AttemptRow {
  readonly call: SettledCall
  readonly attempt: Attempt
}

export const ATTEMPT_COLUMNS: readonly Column<AttemptRow>[] = [
  { name: 'call_id', type: 'uuid', of: ({ call }) => call.id },
  { name: 'created_at', type: 'timestamptz', of: ({ call }) => timestamp(call.createdAt) },
  { name: 'number', type: 'int4', of: ({ attempt }) => attempt.number },
  { name: 'project_id', type: 'uuid', of: ({ call }) => call.projectId },
  { name: 'provider', type: 'text', of: ({ attempt }) => attempt.provider },
  { name: 'model', type: 'text', of: ({ attempt }) => attempt.model },
  { name: 'answered_model', type: 'text', of: ({ attempt }) => attempt.answeredModel },
  { name: 'key_name', type: 'text', of: ({ attempt }) => attempt.key },
  { name: 'service_tier', type: 'text', of: ({ attempt }) => attempt.serviceTier },
  { name: 'outcome', type: 'text', of: ({ attempt }) => attempt.outcome },
  { name: 'failure_kind', type: 'text', of: ({ attempt }) => attempt.failure?.kind ?? null },
  { name: 'failure_message', type: 'text', of: ({ attempt }) => attempt.failure?.message ?? null },
  { name: 'http_status', type: 'int4', of: ({ attempt }) => attempt.failure?.httpStatus ?? null },
  { name: 'started_at', type: 'timestamptz', of: ({ attempt }) => timestamp(attempt.startedAt) },
  { name: 'duration_ms', type: 'float8', of: ({ attempt }) => attempt.durationMs },
  { name: 'first_token_ms', type: 'float8', of: ({ attempt }) => attempt.firstTokenMs },
  { name: 'input_tokens', type: 'int8', of: ({ attempt }) => attempt.usage?.inputTokens ?? null },
  { name: 'cached_input_tokens', type: 'int8', of: ({ attempt }) => attempt.usage?.cachedInputTokens ?? null },
  { name: 'cache_write_tokens', type: 'int8', of: ({ attempt }) => attempt.usage?.cacheWriteTokens ?? null },
  { name: 'cache_write_hour_tokens', type: 'int8', of: ({ attempt }) => attempt.usage?.cacheWriteHourTokens ?? null },
  { name: 'output_tokens', type: 'int8', of: ({ attempt }) => attempt.usage?.outputTokens ?? null },
  { name: 'reasoning_tokens', type: 'int8', of: ({ attempt }) => attempt.usage?.reasoningTokens ?? null },
  { name: 'usage_estimated', type: 'bool', of: ({ attempt }) => attempt.usage?.estimated ?? null },
  { name: 'cost_input', type: 'int8', of: ({ attempt }) => partOf(attempt, 'input') },
  { name: 'cost_cached_input', type: 'int8', of: ({ attempt }) => partOf(attempt, 'cachedInput') },
  { name: 'cost_cache_write', type: 'int8', of: ({ attempt }) => partOf(attempt, 'cacheWrite') },
  { name: 'cost_output', type: 'int8', of: ({ attempt }) => partOf(attempt, 'output') },
  { name: 'price', type: 'jsonb', of: ({ attempt }) => (attempt.cost.priced ? storedPrice(attempt.cost.price) : null) },
]

function partOf(attempt: Attempt, part: keyof CostParts): bigint | null {
  return attempt.cost.priced ? attempt.cost.parts[part] : null
}

/** A price as it is pinned. JSON has no integers of this size, so the amounts are text. */
export function storedPrice(price: Price | null): string | null {
  if (price === null) return null
  return JSON.stringify(price, (_, value) => (typeof value === 'bigint' ? value.toString() : value))
}

interface StoredPrice extends Omit<Price, 'units'> {
  readonly units: Readonly<Record<keyof Price['units'], string>>
}

/** Reads what was pinned on an attempt. */
export function readPrice(text: string | null): Price | null {
  if (text === null) return null
  const { source, version, model, units }: StoredPrice = JSON.parse(text)
  return {
    source,
    version,
    ...(model !== undefined && { model }),
    units: {
      input: BigInt(units.input),
      cachedInput: BigInt(units.cachedInput),
      cacheWrite: BigInt(units.cacheWrite),
      cacheWriteHour: BigInt(units.cacheWriteHour),
      output: BigInt(units.output),
    },
  }
}
