import { createProject } from '../../../src/access/project.ts'
import type { Attempt } from '../../../src/core/attempt.ts'
import type { SettledCall } from '../../../src/core/call.ts'
import { costOf } from '../../../src/core/catalog.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { type AttemptCost, FREE } from '../../../src/core/cost.ts'
import type { Price } from '../../../src/core/price.ts'
import { NO_USAGE, type TokenUsage } from '../../../src/core/usage.ts'
import type { Database } from '../../../src/database/database.ts'
import { setQuota } from '../../../src/ledger/quota/quota-admin.ts'
import { compactUsage } from '../../../src/ledger/usage/compaction.ts'
import { type ClosableLedgerWriter, ledgerWriter } from '../../../src/ledger/writer.ts'
import { callCost } from '../../../src/pipeline/record/call-cost.ts'
import { newId, openedCall, quiet, sampleAttempt, settledCall } from '../sample-calls.ts'

export const MAY = Date.UTC(2025, 4, 20, 10, 30)
export const JUNE = Date.UTC(2025, 5, 3, 23, 59)

export const USAGE: TokenUsage = {
  ...{ inputTokens: 120, cachedInputTokens: 40, cacheWriteTokens: 10, cacheWriteHourTokens: 5 },
  ...{ outputTokens: 60, reasoningTokens: 20, estimated: false },
}

export const PRICE: Price = {
  source: 'catalogue',
  version: 'list@1',
  model: 'openai/gpt-5-mini',
  units: { input: 250_000n, cachedInput: 25_000n, cacheWrite: 300_000n, cacheWriteHour: 500_000n, output: 2_000_000n },
}

/** What an attempt costs that used these tokens at this price. */
function costAt(usage: TokenUsage, price: Price | null): AttemptCost {
  return price === null ? { priced: false } : { priced: true, parts: costOf(usage, price), price }
}

/** An attempt whose cost is that of its tokens. */
export function attempt(over: Partial<Attempt> = {}, price: Price | null = PRICE): Attempt {
  const usage = over.usage === undefined ? USAGE : over.usage
  return sampleAttempt({ serviceTier: null, usage, cost: usage === null ? FREE : costAt(usage, price), ...over })
}

/** A call whose sums are those of its attempts. */
export function ended(
  over: Partial<SettledCall>,
  attempts: readonly Attempt[],
  wentOnFrom: readonly number[] = [],
): SettledCall {
  const answered = attempts.find(({ outcome }) => outcome === 'SUCCEEDED')
  const used = answered ?? attempts.findLast(({ usage }) => usage !== null)
  return settledCall({ usage: used?.usage ?? NO_USAGE, ...over, attempts, cost: callCost(attempts, wentOnFrom) })
}

const failure = { message: 'no', kind: 'SERVER_ERROR', httpStatus: 500 } as const

/** Two quotas, and calls of every kind in two months of the past and now: running, abandoned, refused, failed, unpriced. */
export async function givenLedger(database: Database): Promise<{ projectId: string; quotaId: string }> {
  const writer = ledgerWriter(database, { clock: systemClock, logger: quiet })
  const { id: projectId } = await createProject(database, newId())
  const quotaId = await setQuota(database, {
    ...{ projectId, scope: { type: 'project' }, unit: 'USD', window: 'TOTAL', limit: 10n ** 15n },
  })
  await setQuota(database, {
    ...{ projectId, scope: { type: 'eachEndUser' }, unit: 'TOKENS', window: 'DAY', limit: 10n ** 9n },
  })
  for (const createdAt of [MAY, MAY + 3_600_000, JUNE]) {
    await run(
      writer,
      ended(
        {
          projectId,
          createdAt,
          endUser: 'an na',
          tags: [
            { key: 'team', value: 'web' },
            { key: 'job', value: 'x' },
          ],
        },
        [attempt()],
      ),
    )
    const failed = attempt({ outcome: 'FAILED', failure, provider: 'groq' })
    await run(writer, ended({ projectId, createdAt }, [failed, attempt({ number: 2 })]))
    await run(writer, ended({ projectId, createdAt }, [attempt({}, null)]))
    const begun = attempt({ outcome: 'TIMED_OUT', failure, firstTokenMs: 3 })
    await run(writer, ended({ projectId, createdAt }, [begun, { ...failed, number: 2 }, attempt({ number: 3 })], [1]))
  }
  const nothing = attempt({ outcome: 'FAILED', failure, usage: null })
  await run(
    writer,
    ended({ projectId, status: 'FAILED', endUser: 'bo' }, [
      nothing,
      attempt({ number: 2, outcome: 'FAILED', failure }),
    ]),
  )
  await run(writer, ended({ projectId, status: 'REFUSED' }, []))
  await writer.open(openedCall({ projectId, endUser: 'bo', leaseUntil: Date.now() - 1 }), { USD: 5n, TOKENS: 70n })
  await writer.sweep(Date.now())
  await writer.open(openedCall({ projectId, leaseUntil: Date.now() + 600_000 }), { USD: 9n, TOKENS: 7n })
  await writer.close()
  await compactUsage(database, Date.now())
  return { projectId, quotaId }
}

async function run(writer: ClosableLedgerWriter, call: SettledCall): Promise<void> {
  const admission = await writer.open(call, { USD: 10n ** 10n, TOKENS: 500n })
  await writer.settle({ ...call, reservations: admission.type === 'admitted' ? admission.reservations : [] })
}
