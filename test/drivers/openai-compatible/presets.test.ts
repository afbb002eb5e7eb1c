import { describe, expect, it } from 'vitest'
import { COMMON_DIALECT } from '../../../src/drivers/openai/chat/dialect.ts'
import { dialectOf, PRESETS } from '../../../src/drivers/openai-compatible/presets.ts'

describe('dialectOf', () => {
  it('goes by the host of the base URL, else by the name', () => {
    const mistral = dialectOf('anything', 'https://api.mistral.ai/v1')
    expect(mistral.seedField).toBe('random_seed')
    expect(dialectOf('mistral', 'http://127.0.0.1:8080/v1')).toEqual(mistral)
    expect(dialectOf('mistral', 'https://openrouter.ai/api/v1').reasoning).toEqual({ type: 'object' })
    expect(dialectOf('azure', 'https://me.openai.azure.com/openai/v1').maxTokensField).toBe('max_completion_tokens')
  })

  it('takes a service that nobody knows for one like most, also where its host ends alike', () => {
    expect(dialectOf('mine', 'https://llm.example.com/v1')).toEqual(COMMON_DIALECT)
    expect(dialectOf('mine', 'https://notopenrouter.ai/v1')).toEqual(COMMON_DIALECT)
    expect(dialectOf('mine', 'https://api.max.ai/v1')).toEqual(COMMON_DIALECT)
  })

  it('finds one row for each name and each host', () => {
    for (const key of ['names', 'hosts'] as const) {
      const all = PRESETS.flatMap((preset) => preset[key])
      expect(new Set(all).size).toBe(all.length)
    }
  })
})
