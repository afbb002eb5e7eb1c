import type { OpenedCall, SettledCall } from '../../core/call.ts'
import type { Reservation } from '../../core/quota.ts'
import type { RoutePlan } from '../../core/routing.ts'
import { type Column, jsonb, timestamp } from '../../database/row-arrays.ts'
import { chargesOf } from '../quota/charges.ts'
import { storedCharges, storedReservations } from '../quota/reservations-json.ts'

/** A call let in, with what was reserved for it. */
export interface OpenRow {
  readonly call: OpenedCall
  readonly reservations: readonly Reservation[]
}

const IDENTITY: readonly Column<OpenedCall>[] = [
  { name: 'id', type: 'uuid', of: (call) => call.id },
  { name: 'created_at', type: 'timestamptz', of: (call) => timestamp(call.createdAt) },
  { name: 'project_id', type: 'uuid', of: (call) => call.projectId },
  { name: 'api_key_id', type: 'uuid', of: (call) => call.apiKeyId },
  { name: 'requested_model', type: 'text', of: (call) => call.requestedModel },
  { name: 'end_user', type: 'text', of: (call) => call.endUser },
  { name: 'tags', type: 'jsonb', of: (call) => (call.tags.length === 0 ? '[]' : jsonb(call.tags)) },
]

/** The columns of a RUNNING call. */
export const OPEN_COLUMNS: readonly Column<OpenRow>[] = [
  ...IDENTITY.map((column) => ({ ...column, of: (row: OpenRow) => column.of(row.call) })),
  { name: 'status', type: 'text', of: () => 'RUNNING' },
  { name: 'lease_until', type: 'timestamptz', of: (row) => timestamp(row.call.leaseUntil) },
  { name: 'reservations', type: 'jsonb', of: (row) => storedReservations(row.reservations) },
]

/** What settling adds to a call, and puts in the place of what a RUNNING row has there. */
export const OUTCOME_COLUMNS: readonly Column<SettledCall>[] = [
  { name: 'status', type: 'text', of: (call) => call.status },
  { name: 'lease_until', type: 'timestamptz', of: () => null },
  { name: 'reservations', type: 'jsonb', of: () => null },
  { name: 'charges', type: 'jsonb', of: (call) => storedCharges(chargesOf(call)) },
  { name: 'finished_at', type: 'timestamptz', of: (call) => timestamp(call.finishedAt) },
  { name: 'provider', type: 'text', of: (call) => call.provider },
  { name: 'model', type: 'text', of: (call) => call.model },
  { name: 'error_type', type: 'text', of: (call) => call.error?.type ?? null },
  { name: 'error_message', type: 'text', of: (call) => call.error?.message ?? null },
  { name: 'input_tokens', type: 'int8', of: (call) => call.usage.inputTokens },
  { name: 'cached_input_tokens', type: 'int8', of: (call) => call.usage.cachedInputTokens },
  { name: 'cache_write_tokens', type: 'int8', of: (call) => call.usage.cacheWriteTokens },
  { name: 'cache_write_hour_tokens', type: 'int8', of: (call) => call.usage.cacheWriteHourTokens },
  { name: 'output_tokens', type: 'int8', of: (call) => call.usage.outputTokens },
  { name: 'reasoning_tokens', type: 'int8', of: (call) => call.usage.reasoningTokens },
  { name: 'usage_estimated', type: 'bool', of: (call) => call.usage.estimated },
  { name: 'priced', type: 'bool', of: (call) => call.cost.priced },
  { name: 'cost_input', type: 'int8', of: (call) => call.cost.parts.input },
  { name: 'cost_cached_input', type: 'int8', of: (call) => call.cost.parts.cachedInput },
  { name: 'cost_cache_write', type: 'int8', of: (call) => call.cost.parts.cacheWrite },
  { name: 'cost_output', type: 'int8', of: (call) => call.cost.parts.output },
  { name: 'wasted', type: 'int8', of: (call) => call.cost.wasted },
  { name: 'saved', type: 'int8', of: (call) => call.cost.saved },
  { name: 'total_ms', type: 'float8', of: (call) => call.latency.totalMs },
  { name: 'first_token_ms', type: 'float8', of: (call) => call.latency.firstTokenMs },
  { name: 'overhead_ms', type: 'float8', of: (call) => call.latency.overheadMs },
  { name: 'attempts', type: 'int4', of: (call) => call.attempts.length },
  { name: 'cache_status', type: 'text', of: (call) => call.cacheStatus },
  { name: 'plan', type: 'jsonb', of: (call) => (call.plan === null ? null : storedPlan(call.plan)) },
  { name: 'last_seq', type: 'int4', of: (call) => call.lastSeq },
  { name: 'variants', type: 'jsonb', of: ({ plan }) => (plan?.variants.length ? jsonb(plan.variants) : null) },
]

/** All columns of a call that ended. */
export const SETTLED_COLUMNS: readonly Column<SettledCall>[] = [...IDENTITY, ...OUTCOME_COLUMNS]

/** JSON has no integers of this size, so the estimates are text. */
function storedPlan(plan: RoutePlan): string {
  const candidates = plan.candidates.map((candidate) => ({
    ...candidate,
    estimatedCost: candidate.estimatedCost === null ? null : candidate.estimatedCost.toString(),
  }))
  return jsonb({ ...plan, candidates })
}
