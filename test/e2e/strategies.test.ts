import { describe, expect, it } from 'vitest'
import { describeHouse, newTag } from './harness.ts'
import { priced, priority, route, together } from './settings.ts'

const TAG = newTag()
const A = `openai/gpt-5-mini+tag=${TAG}`
const B = `anthropic/claude-haiku-4-5+tag=${TAG}`
const C = `google/gemini-2.5-flash+tag=${TAG}`
const SLOW = `openai/gpt-5-mini+first-token=250+tag=${TAG}`
const FAST = `anthropic/claude-haiku-4-5+tag=${TAG}+tag=fast`
const TALKATIVE = `openai/gpt-5-mini+words=300+tag=${TAG}`
const DOG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const DEAR = { inputPerMillion: '1', outputPerMillion: '10' }
const config = () => ({
  models: together([
    priced(A, { abilities: { vision: false }, region: 'us' }),
    priced(B, { price: DEAR, region: 'eu' }),
    priced(C, { price: { inputPerMillion: '2', outputPerMillion: '20' } }),
    priced(TALKATIVE),
  ]),
  routes: together([
    priority('plain', [A, B]),
    priority('european', [A, B], { requires: { region: 'eu' } }),
    route('strong', { strategy: 'cheapest', models: [C, B] }),
    route('assistant', { strategy: 'complexity', tiers: { simple: [A], complex: ['strong'] } }),
    route('desk', {
      strategy: 'rules',
      rules: [
        { name: 'free', when: { tags: { plan: 'free' } }, models: [A] },
        { name: 'acme', when: { project: 'acme' }, models: [B] },
      ],
      otherwise: [C],
    }),
    route('tone', { strategy: 'experiment', variants: { control: { models: [A] }, bold: { models: [B] } } }),
    route('quick', { strategy: 'fastest', models: [SLOW, FAST], explore: 0.1 }),
    route('learning', { strategy: 'cheapest', models: [TALKATIVE] }),
  ]),
})

/** Each test takes the chance that it needs, one after another. */
let chance = 0.5

describeHouse('a strategy', { config, random: () => chance }, (house) => {
  const complex = 'Prove that there are infinitely many primes.'

  it('within a strategy gives both reasons, and the plan is what is done', async () => {
    const client = await house().client()
    const plan = await client.explain({ model: 'assistant', prompt: complex })
    expect(plan.candidates.map(({ provider }) => provider)).toEqual(['anthropic', 'google', 'openai'])
    expect(plan.candidates[0]?.reason).toMatch(
      /^complex tier: the request asks for a proof; .* → route strong: cheapest: about \$0\.00\d+ for this request$/,
    )
    expect(await client.answer({ model: 'assistant', prompt: complex })).toMatchObject({ provider: 'anthropic' })
    expect(await client.answer({ model: 'assistant', prompt: 'Hi' })).toMatchObject({ provider: 'openai' })
  })

  it('shows its name and all of its models', async () => {
    const client = await house().client()
    const { data } = await client.post<{ routes: { name: string; strategy: string; targets: string[] }[] }>(
      '{ routes { name strategy targets } }',
    )
    expect(data?.routes.find(({ name }) => name === 'assistant')).toEqual({
      name: 'assistant',
      strategy: 'complexity',
      targets: [A, C, B],
    })
    expect(data?.routes.find(({ name }) => name === 'tone')).toMatchObject({ strategy: 'experiment', targets: [A, B] })
  })

  it('never ranks what lacks an ability or a region', async () => {
    const client = await house().client()
    const messages = [{ user: [{ text: 'What is this?' }, { imageUrl: DOG }] }]
    const seeing = await client.explain({ model: 'plain', messages })
    expect(seeing.candidates.map(({ reason }) => reason)).toEqual([
      "second in the route's order",
      'out: it takes no images',
    ])
    expect(await client.answer({ model: 'plain', messages })).toMatchObject({ provider: 'anthropic' })
    expect(await client.answer({ model: 'european', prompt: 'Hi' })).toMatchObject({ provider: 'anthropic' })
    const elsewhere = await client.explain({ model: 'european', prompt: 'Hi', routing: { fallbacks: [C] } })
    expect(elsewhere.candidates.map(({ eligible, reason }) => (eligible ? 'may' : reason))).toEqual([
      'may',
      'out: its region is us, not eu, as the route requires',
      'out: its region is not known, not eu, as the route requires',
    ])
  })

  it('follows rules on tags and projects', async () => {
    const [web, acme] = [await house().client(), await house().client({ project: 'acme' })]
    const tags = [{ key: 'plan', value: 'free' }]
    expect(await web.answer({ model: 'desk', prompt: 'Hi', tags })).toMatchObject({ provider: 'openai' })
    expect(await web.answer({ model: 'desk', prompt: 'Hi' })).toMatchObject({ provider: 'google' })
    expect(await acme.answer({ model: 'desk', prompt: 'Hi' })).toMatchObject({ provider: 'anthropic' })
  })

  it('keeps end users in their variant', async () => {
    const client = await house().client()
    const providers = new Map<string, Set<string>>()
    for (let round = 0; round < 3; round++) {
      chance = round / 3
      for (let user = 0; user < 8; user++) {
        const endUser = `user-${user}`
        const { provider } = await client.answer({ model: 'tone', prompt: 'Hi', endUser })
        providers.set(endUser, (providers.get(endUser) ?? new Set()).add(provider))
      }
    }
    expect([...providers.values()].every((seen) => seen.size === 1)).toBe(true)
    expect(new Set([...providers.values()].flatMap((seen) => [...seen])).size).toBe(2)
  })

  it('finds out who is fast', async () => {
    const client = await house().client()
    const order = async () =>
      (await client.explain({ model: 'quick', prompt: 'Hi' })).candidates.map(({ provider }) => provider)
    chance = 0.5
    expect(await order()).toEqual(['openai', 'anthropic'])
    chance = 0
    for (let round = 0; round < 6; round++) await client.answer({ model: 'quick', prompt: 'Hi' })
    chance = 0.5
    expect(await order()).toEqual(['anthropic', 'openai'])
    const { candidates } = await client.explain({ model: 'quick', prompt: 'Hi' })
    expect(candidates[0]?.reason).toMatch(/^fastest: about 0\.0\d+ s for this request/)
  })

  describe('that goes by cost', () => {
    it("learns from the route's answers how long they are", async () => {
      const client = await house().client()
      const cost = async () =>
        Number((await client.explain({ model: 'learning', prompt: 'Hi' })).candidates[0]?.estimatedCostUsd)
      const guessed = await cost()
      let outputTokens = 0
      for (let round = 0; round < 5; round++) {
        outputTokens = (await client.answer({ model: 'learning', prompt: 'Hi' })).usage.outputTokens
      }
      expect(outputTokens).not.toBe(500)
      expect((await cost()) - guessed).toBeCloseTo(((outputTokens - 500) * 0.6) / 1_000_000, 9)
    })
  })
})
