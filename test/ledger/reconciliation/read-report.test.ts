import { describe, expect, it } from 'vitest'
import { readReport } from '../../../src/ledger/reconciliation/read-report.ts'
import { ReportError } from '../../../src/ledger/reconciliation/report-error.ts'

const DAY = 1_748_908_800
const nothing = { cost: null, inputTokens: null, outputTokens: null, requests: null }
const day = '2025-06-03'

describe("OpenAI's reports", () => {
  it('name the model in the line item, and amounts count as they are written', () => {
    const line = (value: string, line_item: string | null) =>
      `{"object":"organization.costs.result","amount":{"value":${value},"currency":"usd"},"line_item":${JSON.stringify(line_item)}}`
    const report = `{"object":"page","has_more":false,"next_page":null,"data":[
      {"start_time":${DAY},"results":[${line('0.1', 'gpt-5-mini-2025-08-07, input')},${line('2.5e-7', 'gpt-5-mini-2025-08-07, output')},
        ${line('0.30000000000000004', 'web search tool calls')},${line('-1', null)}]},
      {"start_time":${DAY + 86_400},"results":[]}]}`
    expect(readReport('openai-costs', report)).toEqual([
      { ...nothing, day, model: 'gpt-5-mini-2025-08-07', cost: 100_000_250_000n },
      { ...nothing, day, model: null, cost: -700_000_000_000n },
      { ...nothing, day: '2025-06-04', model: null, cost: 0n },
    ])
  })

  it('of usage count tokens and requests, over all pages', () => {
    const page = (input_tokens: number) => ({
      data: [{ start_time: DAY, results: [{ model: 'gpt-5', input_tokens, output_tokens: 4, num_model_requests: 2 }] }],
    })
    expect(readReport('openai-usage', JSON.stringify([page(10), page(5)]))).toEqual([
      { day, model: 'gpt-5', cost: null, inputTokens: 15, outputTokens: 8, requests: 4 },
    ])
  })
})

describe("Anthropic's reports", () => {
  it('are in cents', () => {
    const results = [
      { amount: '123.456789', currency: 'USD', model: 'claude-haiku-4-5-20251001' },
      { amount: '0.5', currency: 'USD', model: null },
    ]
    const report = { data: [{ starting_at: '2025-06-03T00:00:00Z', ending_at: '2025-06-04T00:00:00Z', results }] }
    expect(readReport('anthropic-cost', JSON.stringify(report))).toEqual([
      { ...nothing, day, model: 'claude-haiku-4-5-20251001', cost: 1_234_567_890_000n },
      { ...nothing, day, model: null, cost: 5_000_000_000n },
    ])
  })

  it('of usage tell input in four parts, and no requests', () => {
    const result = {
      model: 'claude-haiku-4-5',
      uncached_input_tokens: 1,
      cache_read_input_tokens: 20,
      cache_creation: { ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 4000 },
      output_tokens: 7,
    }
    const report = { data: [{ starting_at: '2025-06-03T00:00:00Z', results: [result] }] }
    expect(readReport('anthropic-usage', JSON.stringify(report))).toEqual([
      { ...nothing, day, model: 'claude-haiku-4-5', inputTokens: 4321, outputTokens: 7 },
    ])
  })
})

it("OpenRouter's activity is summed over endpoints", () => {
  const row = {
    model: 'openai/gpt-4.1',
    requests: 5,
    prompt_tokens: 50,
    completion_tokens: 125,
    byok_usage_inference: 9,
  }
  const data = [
    { ...row, date: '2025-06-03', usage: 0.015 },
    { ...row, date: '2025-06-03 00:00:00', usage: 0.1 },
  ]
  expect(readReport('openrouter-activity', JSON.stringify({ data }))).toEqual([
    { day, model: 'openai/gpt-4.1', cost: 115_000_000_000n, inputTokens: 100, outputTokens: 250, requests: 10 },
  ])
})

it('a table says by its first line what it has', () => {
  expect(readReport('csv', '\uFEFFmodel, cost_usd ,Day\n"a, b",1.25,2025-06-03\n,0.75,2025-06-03\n')).toEqual([
    { ...nothing, day, model: 'a, b', cost: 1_250_000_000_000n },
    { ...nothing, day, model: null, cost: 750_000_000_000n },
  ])
})

it.each([
  ['openai-costs', 'nothing', 'not JSON'],
  [
    'openai-costs',
    '{"data":[{"start_time":1,"results":[{"amount":{"value":1,"currency":"eur"}}]}]}',
    'at "data.0.results.0.amount.currency": "eur" is not US dollars',
  ],
  ['openai-costs', '{"data":[{"start_time":999999999999999,"results":[]}]}', 'no time in seconds'],
  [
    'openai-usage',
    '{"data":[{"start_time":1,"results":[{"input_tokens":1.5}]}]}',
    'at "data.0.results.0.input_tokens": "1.5" is no whole number',
  ],
  ['openai-usage', '{"data":[{"results":[]}]}', 'data.0.start_time'],
  ['anthropic-cost', '{"data":[{"starting_at":"yesterday","results":[]}]}', 'no date'],
  [
    'anthropic-cost',
    '{"data":[{"starting_at":"2025-06-03","results":[{"amount":"much"}]}]}',
    'at "data.0.results.0.amount": "much" is no amount of money',
  ],
  ['openrouter-activity', '{"data":[{}]}', "OpenRouter's activity"],
  ['csv', 'day,price\n2025-06-03,1', 'Unknown columns: price'],
  ['csv', 'model,cost_usd\na,1', '"day" is missing'],
  ['csv', 'day,model\n2025-06-03,a', 'numbers is missing'],
  ['csv', 'day,requests\n2025-06-03,1\n2025-02-30,1', 'Line 3, day: "2025-02-30" is no date'],
  ['csv', 'day,requests\n2025-06-03,1.5', 'Line 2, requests: "1.5" is no whole number'],
  ['csv', 'day,requests\n\n,2', 'Line 3, day: there is none'],
] as const)('%s that is wrong is told of: %s', (format, text, message) => {
  expect(() => readReport(format, text)).toThrow(ReportError)
  expect(() => readReport(format, text)).toThrow(message)
})
