import { beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { ReportFormat } from '../../../src/core/reconciliation.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { importReport } from '../../../src/ledger/reconciliation/import-report.ts'
import { readReport } from '../../../src/ledger/reconciliation/read-report.ts'
import { ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { attempt, ended, USAGE } from '../check/given-ledger.ts'
import { clockAt, newId, quiet } from '../sample-calls.ts'

const THIRD = Date.UTC(2025, 5, 3)
const DAY = 86_400_000
/** What an attempt of the samples costs. */
const COST = 142_500_000n
const failure = { message: 'no', kind: 'NETWORK', httpStatus: null } as const

describeDatabases('reconciliation', (suite) => {
  let provider: string
  const take = (format: ReportFormat, text: string, at = 0) =>
    importReport(suite.database(), at === 0 ? systemClock : clockAt(at), {
      provider,
      format,
      rows: readReport(format, text),
    })
  const query = (over: { providers?: string[] } = {}) =>
    ledgerReader(suite.database()).reconciliation({
      range: { from: THIRD + 5, to: THIRD + DAY + 5 },
      providers: [provider],
      ...over,
    })

  beforeAll(async () => {
    provider = 'acme'
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    const projectId = newId()
    const of = (startedAt: number, over: Parameters<typeof attempt>[0] = {}, price?: null) =>
      attempt({ provider: 'acme', model: 'small', answeredModel: 'small-2025-05-01', startedAt, ...over }, price)
    const settle = (...attempts: ReturnType<typeof attempt>[]) =>
      writer.settle(ended({ projectId, createdAt: (attempts[0]?.startedAt ?? 0) - 1 }, attempts))
    await settle(of(THIRD))
    const estimated = { ...USAGE, estimated: true }
    await settle(
      of(THIRD + 9, { outcome: 'FAILED', failure, usage: estimated }),
      of(THIRD + 20, { number: 2, provider: 'other' }),
    )
    await settle(of(THIRD + DAY, { model: 'new', answeredModel: null }, null))
    await settle(of(THIRD + 2 * DAY))
    await settle(
      of(THIRD + DAY - 1, { outcome: 'SHORT_CIRCUITED', failure, usage: null }),
      of(THIRD - 1, { number: 2 }),
    )
    await writer.close()
  })

  it('shows ours alone where there is no report', async () => {
    const { rows, total } = await query()
    expect(rows.map(({ day, model, theirs, ours }) => [day, model, theirs, ours])).toEqual([
      [
        THIRD,
        'small',
        null,
        { cost: 2n * COST, estimated: COST, unpricedAttempts: 0, inputTokens: 240, outputTokens: 120, attempts: 2 },
      ],
      [
        THIRD + DAY,
        'new',
        null,
        { cost: 0n, estimated: 0n, unpricedAttempts: 1, inputTokens: 120, outputTokens: 60, attempts: 1 },
      ],
    ])
    expect(total).toEqual({ theirs: 0n, ours: 0n, difference: 0n, unexplained: 0n, uncovered: 2n * COST })
  })

  it('puts theirs beside ours, by model and day, and says what is left unexplained', async () => {
    await take('csv', 'day,model,cost_usd\n2025-06-03,small,0.000142\n2025-06-03,search,0.5\n2025-06-04,new,0.7\n')
    await take(
      'openai-usage',
      JSON.stringify({
        data: [
          {
            start_time: THIRD / 1000,
            results: [{ model: 'Small', input_tokens: 99, output_tokens: 1, num_model_requests: 2 }],
          },
        ],
      }),
    )
    const { rows, total } = await query()
    expect(
      rows.map(({ model, theirs, difference, unexplained }) => ({ model, theirs, difference, unexplained })),
    ).toEqual([
      {
        model: 'search',
        theirs: { cost: 500_000_000_000n, inputTokens: 0, outputTokens: 0, requests: 0 },
        difference: 500_000_000_000n,
        unexplained: 500_000_000_000n,
      },
      {
        model: 'small',
        theirs: { cost: 142_000_000n, inputTokens: 99, outputTokens: 1, requests: 2 },
        difference: -143_000_000n,
        // All but what was estimated here.
        unexplained: -500_000n,
      },
      {
        model: 'new',
        theirs: { cost: 700_000_000_000n, inputTokens: null, outputTokens: null, requests: null },
        difference: 700_000_000_000n,
        unexplained: null,
      },
    ])
    expect(total).toEqual({
      theirs: 1_200_142_000_000n,
      ours: 2n * COST,
      difference: 1_199_857_000_000n,
      unexplained: 499_999_500_000n,
      uncovered: 0n,
    })
    expect((await query({ providers: ['other'] })).rows).toMatchObject([{ provider: 'other', theirs: null }])
    expect((await query({ providers: [] })).rows.map((row) => row.provider)).toEqual(['acme', 'acme', 'acme', 'other'])
  })

  it('replaces a report that is taken in again, and writes both down', async () => {
    const again = await take('csv', 'day,model,cost_usd\n2025-06-03,small,0.000285\n')
    expect(again).toEqual({
      rows: 1,
      replaced: 2,
      days: { first: '2025-06-03', last: '2025-06-03' },
      cost: 285_000_000n,
    })
    const { rows } = await query()
    expect(rows.map(({ model, difference }) => [model, difference])).toEqual([
      ['small', 0n],
      ['new', 700_000_000_000n],
    ])
    const [entry] = await suite.database().sql<{ subject: string; changes: string }[]>`
      select subject, changes::text as changes from audit where action = 'IMPORT_PROVIDER_REPORT' order by id desc limit 1`
    expect(entry?.subject).toBe('provider/acme')
    expect(JSON.parse(entry?.changes ?? '[]')).toContainEqual({
      path: 'csv.costUsd',
      before: '0.500142',
      after: '0.000285',
    })
  })

  it('believes the report of a day that was taken in last, and sums ours up where it tells no models', async () => {
    await take(
      'openai-costs',
      JSON.stringify({
        data: [{ start_time: THIRD / 1000, results: [{ amount: { value: 0.0003, currency: 'usd' } }] }],
      }),
      Date.now() + 60_000,
    )
    await suite.database().sql`delete from provider_cost where source = 'openai-usage'`
    await take('csv', 'day,cost_usd\n2025-06-03,5\n')
    const { rows } = await query()
    expect(rows[0]).toMatchObject({
      day: THIRD,
      model: null,
      theirs: { cost: 300_000_000n },
      ours: { cost: 2n * COST },
      difference: 15_000_000n,
    })
  })
})
