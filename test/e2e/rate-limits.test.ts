import { expect, it } from 'vitest'
import { describeHouse, type House, newTag } from './harness.ts'
import { present } from './present.ts'

/** How much later than it should a wait may end on a busy machine, in milliseconds. */
const SLACK_MS = 400

describeHouse('a rate limit', {}, (house) => {
  it('is not waited for where another candidate is free', async () => {
    const client = await house().client()
    const tag = newTag()
    const answer = await client.answer({
      model: `openai/gpt-5-mini+429-after=3x1+tag=${tag}`,
      prompt: 'Hi',
      routing: { fallbacks: [`google/gemini-2.5-flash+tag=${tag}`, `anthropic/claude-haiku-4-5+tag=${tag}`] },
    })
    expect(answer.provider).toBe('google')
    expect(await gap(house(), tag)).toBeLessThan(SLACK_MS)
  })

  it('that names a long wait fails the call, which says when to come back', async () => {
    const client = await house().client()
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+429-after=20+tag=${tag}`, prompt: 'Hi' }
    const first = await client.refusal(input)
    expect(first).toMatchObject({ __typename: 'AllAttemptsFailedError', retryable: true })
    expect(first.retryAfterMs).toBeGreaterThan(19_000)
    expect(first.retryAfterMs).toBeLessThanOrEqual(20_000)

    const second = await client.refusal(input)
    expect(second.attempts).toMatchObject([{ outcome: 'SHORT_CIRCUITED' }])
    expect(second).toMatchObject({ retryable: true })
    expect(await house().requests(tag)).toHaveLength(1)
  })

  it('holds back other calls to the same model, and only those', async () => {
    const client = await house().client()
    const tag = newTag()
    const limited = { model: `openai/gpt-5-mini+429-after-ms=600x1+tag=${tag}`, prompt: 'Hi' }
    const first = client.answer(limited)
    await new Promise((resolve) => setTimeout(resolve, 150))
    const other = client.answer({ model: `openai/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi' })
    const second = client.answer(limited)
    expect((await other).latency.totalMs).toBeLessThan(SLACK_MS)
    expect((await first).text).toBe((await second).text)
    expect((await house().requests(tag)).map(({ status }) => status)).toEqual([429, 200, 200])
  })

  it('that can never pass is not tried again', async () => {
    const client = await house().client()
    const tag = newTag()
    const error = await client.refusal({ model: `openai/gpt-5-mini+429-too-large+tag=${tag}`, prompt: 'Hi' })
    expect(error.attempts).toHaveLength(1)
    expect(await house().requests(tag)).toHaveLength(1)
  })
})

/** Milliseconds between the first two requests. */
async function gap(house: House, tag: string): Promise<number> {
  const [first, second] = await house.requests(tag)
  return Date.parse(present(second).time) - Date.parse(present(first).time)
}
