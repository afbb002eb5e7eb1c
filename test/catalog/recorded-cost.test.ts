import { describe, expect, it } from 'vitest'
import { attemptPrice } from '../../src/catalog/attempt-price.ts'
import { createCatalog } from '../../src/catalog/catalog.ts'
import { costOf } from '../../src/core/catalog.ts'
import { totalOf } from '../../src/core/cost.ts'
import type { DriverName } from '../../src/core/driver.ts'
import { type Recording, readRecordings, recordingsAreHere, usageOf } from './recordings.ts'
import { provider } from './settings.ts'

/** Prices have changed since the traffic was recorded; the manifest's costs are by the list's newest. */
const AT = Date.UTC(2026, 9, 1, 18)
const USD = 1e12

const DRIVERS: Readonly<Record<string, DriverName>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  vertex: 'google',
}

/** Charges stated by the provider that its tokens at the list's prices do not explain, with the reason. */
const STATED_OTHERWISE: readonly { readonly models: readonly string[]; readonly reason: string }[] = [
  {
    models: ['openrouter openai/gpt-4o-mini', 'openrouter openai/gpt-4.1-mini', 'openrouter openai/gpt-5.1-codex-mini'],
    reason: 'fees of web searches and tools, which are no tokens',
  },
  {
    models: ['openrouter deepseek/deepseek-chat'],
    reason: 'a fee of a web search, at a cheaper host than the one listed',
  },
  {
    models: ['openrouter google/gemini-2.5-flash'],
    reason: "some with the caller's own key, for which OpenRouter charges nothing",
  },
  {
    models: [
      'openrouter qwen/qwen3-30b-a3b-instruct-2507',
      'openrouter openai/gpt-oss-20b',
      'openrouter z-ai/glm-4.6',
      'openrouter moonshotai/kimi-k2.5-0127',
    ],
    reason: 'OpenRouter chose a dearer host than the one listed',
  },
  { models: ['openrouter openai/gpt-5.6-sol'], reason: 'the price has fallen since it was recorded' },
  {
    models: [
      'openrouter minimax/minimax-m2:free',
      'openrouter x-ai/grok-4',
      'openrouter x-ai/grok-4.1-fast',
      'openrouter google/gemini-3.6-flash',
      'vercel-gateway google/gemini-3-pro-preview',
    ],
    reason: "not in OpenRouter's list: unpriced",
  },
  {
    models: ['vercel-gateway openai/gpt-5', 'vercel-gateway google/gemini-2.5-flash'],
    reason: 'its completion_tokens lack the reasoning that it charges for',
  },
]

describe.skipIf(!recordingsAreHere)(
  'cost of recorded traffic (needs ../shared/recordings beside the repository)',
  () => {
    const recordings = recordingsAreHere ? readRecordings() : []
    const names = [...new Set(recordings.map((recording) => recording.provider))]
    const providers = names.map((name) =>
      provider(name, {
        driver: DRIVERS[name] ?? 'openai-compatible',
        pricedAs: name === 'vercel-gateway' ? 'openrouter' : null,
      }),
    )
    const catalog = createCatalog({ providers, models: [] })

    function ourUsd(recording: Recording): number | null {
      const usage = usageOf(recording)
      const asked = { provider: recording.provider, model: recording.requestedModel ?? recording.model }
      const price = attemptPrice(catalog, asked, recording.model, usage, AT)
      return price === null ? null : Number(totalOf(costOf(usage, price))) / USD
    }

    it("is the price list's own cost, but for charges that are no text tokens", () => {
      const priced = recordings.filter(({ cost }) => cost !== undefined)
      const differing = priced.filter((recording) => !isClose(ourUsd(recording), recording.cost?.usd ?? 0, 1e-9))
      console.log(`${priced.length - differing.length} of ${priced.length} recorded costs agree`)
      expect(differing.filter((recording) => !hasOtherCharges(recording)).map(describeIt)).toEqual([])
    })

    it("is within 1 % of the provider's own charge, but for the listed reasons", () => {
      const stated = recordings.filter(({ expected }) => expected.providerStatedCost !== undefined)
      const differing = stated.filter(
        (recording) => !isClose(ourUsd(recording), recording.expected.providerStatedCost?.usd ?? 0, 0.01),
      )
      console.log(
        `${stated.length - differing.length} of ${stated.length} charges stated by providers agree within 1 %`,
      )
      const explained = STATED_OTHERWISE.flatMap(({ models }) => models)
      expect(differing.map(describeIt).filter((name) => !explained.includes(name))).toEqual([])
    })
  },
)

function isClose(ours: number | null, theirs: number, tolerance: number): boolean {
  return ours !== null && Math.abs(ours - theirs) <= tolerance * theirs + 1e-13
}

/**
 * Web searches are charged apiece, audio and video's sound have a price of their own, and one model's price goes by the
 * hour at which it was recorded.
 */
function hasOtherCharges({ usageOracle2: parts = {}, model }: Recording): boolean {
  return (parts.web_searches ?? 0) > 0 || (parts.input_audio_tokens ?? 0) > 0 || model === 'deepseek-reasoner'
}

function describeIt({ provider: name, model }: Recording): string {
  return `${name} ${model}`
}
