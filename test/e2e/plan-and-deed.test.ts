import { describe, expect, it } from 'vitest'
import type { Attempt } from './answers.ts'
import type { Client, Input } from './client.ts'
import { describeHouse, newTag } from './harness.ts'
import { present } from './present.ts'
import { priced, priority, route, together } from './settings.ts'

const TAG = newTag()
/** Each gone, but for the last of its route: so every candidate is asked, in order. */
const GONE = {
  openai: `openai/gpt-5-mini+404+tag=${TAG}`,
  chat: `openai-chat/gpt-4.1-mini+404+tag=${TAG}`,
  google: `google/gemini-2.5-flash+404+tag=${TAG}`,
}
const SOUND = `anthropic/claude-haiku-4-5+tag=${TAG}`
const SMALL = `compatible/gpt-4o-mini+tag=${TAG}`
const ALL = [GONE.openai, GONE.chat, GONE.google, SOUND]

const price = (input: string) => ({ price: { inputPerMillion: input, outputPerMillion: input } })

const config = () => ({
  models: together([
    priced(GONE.openai, price('3.00')),
    priced(GONE.chat, price('1.00')),
    priced(GONE.google, price('2.00')),
    priced(SOUND, price('4.00')),
    priced(SMALL, { contextWindow: 10, ...price('0.10') }),
  ]),
  routes: together([
    priority('listed', [SMALL, ...ALL]),
    route('cheap', { strategy: 'cheapest', models: ALL }),
    route('sticky', { strategy: 'weighted', models: ALL, stickyBy: 'endUser' }),
    route('quiet', { strategy: 'leastBusy', models: ALL }),
    route('tiers', { strategy: 'complexity', tiers: { simple: [GONE.chat], complex: ['cheap'] } }),
    route('ruled', { strategy: 'rules', rules: [{ when: { tags: { plan: 'free' } }, models: ['cheap'] }] }),
    route('tested', {
      strategy: 'experiment',
      variants: { a: { models: [GONE.google, SOUND] }, b: { models: [GONE.chat, SOUND] } },
    }),
  ]),
})

const CANDIDATES = 'candidates { provider model reason eligible estimatedCostUsd firstTokenTimeoutMs }'
const PLAN = `{ route strategy signals { name value } ${CANDIDATES} }`
const EXPLAIN = `query ($input: CompletionInput!) { explainRoute(input: $input) ${PLAN} }`
const CALL = `query ($id: ID!) { call(id: $id) { plan ${PLAN} attempts { provider model outcome } } }`

interface Candidate {
  readonly provider: string
  readonly model: string
  readonly eligible: boolean
}

interface Plan {
  readonly candidates: readonly Candidate[]
}

const PROMPT = `Say exactly: ${'yes '.repeat(20)}`

describeHouse('the plan', { config, random: () => 0.5 }, (house) => {
  describe.each([
    ['listed', {}],
    ['cheap', {}],
    ['sticky', { endUser: 'ann' }],
    ['sticky', { endUser: 'bob' }],
    ['quiet', {}],
    ['tiers', {}],
    ['ruled', { tags: [{ key: 'plan', value: 'free' }] }],
    ['tested', { endUser: 'ann' }],
    [GONE.google, { routing: { fallbacks: [GONE.chat, SOUND] } }],
  ])('of %s %o', (model, more) => {
    it('is what was explained, and what was done', async () => {
      const client = await house().client()
      const input: Input = { model, prompt: PROMPT, ...more }
      const explained = present((await client.post<{ explainRoute: Plan }>(EXPLAIN, { input })).data).explainRoute
      const { callId } = await client.complete(input)
      const call = await callOf(client, callId)
      expect(call.plan).toEqual(explained)
      const eligible = explained.candidates.filter((each) => each.eligible)
      expect(eligible.length).toBeGreaterThan(1)
      const asked = call.attempts.map(idOf)
      expect(asked).toEqual(eligible.map(idOf).slice(0, asked.length))
      const answeredAt = eligible.findIndex((each) => SOUND.startsWith(idOf(each)))
      expect(asked).toHaveLength(answeredAt + 1)
      expect(call.attempts.at(-1)?.outcome).toBe('SUCCEEDED')
    })
  })
})

function idOf({ provider, model }: Pick<Attempt, 'provider' | 'model'>): string {
  return `${provider}/${model}`
}

async function callOf(client: Client, id: string) {
  const { data } = await client.post<{
    call: { plan: Plan; attempts: Pick<Attempt, 'provider' | 'model' | 'outcome'>[] }
  }>(CALL, { id })
  return present(data).call
}
