import { systemClock } from '../../src/core/clock.ts'
import type { Conversation } from '../../src/core/conversation.ts'
import type { ProviderSettings } from '../../src/core/settings.ts'
import { createDriver } from '../../src/drivers/registry.ts'
import { NOTHING_ASKED } from './run-driver.ts'

type Column = Pick<ProviderSettings, 'driver' | 'api'> & { readonly title: string; readonly model: string }

const COLUMNS: readonly Column[] = [
  { title: '`openai` (Responses)', driver: 'openai', api: 'responses', model: 'gpt-5.1' },
  { title: '`openai` (`api: chat`)', driver: 'openai', api: 'chat', model: 'gpt-5.1' },
  { title: '`openai-compatible`', driver: 'openai-compatible', api: 'chat', model: 'some-model' },
  { title: '`anthropic`', driver: 'anthropic', api: 'responses', model: 'claude-haiku-4-5' },
  { title: '`google`', driver: 'google', api: 'responses', model: 'gemini-2.5-flash' },
]

const PARAMETERS = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const TOOL = { name: 'look_up', description: 'Looks up', parameters: PARAMETERS, strict: null }
const { sampling } = NOTHING_ASKED

const says = (
  ...parts: Extract<Conversation['messages'][number], { role: 'user' }>['parts']
): Partial<Conversation> => ({
  messages: [{ role: 'user', parts }],
})
const file = (mediaType: string) => says({ type: 'file', mediaType, data: 'AAAA', name: 'a' })

/** What can be asked, each as a conversation that asks it. */
const FEATURES: readonly (readonly [string, Partial<Conversation>])[] = [
  [
    'text, several turns, a system prompt',
    { messages: [{ role: 'system', text: 'Be brief.' }, ...NOTHING_ASKED.messages] },
  ],
  ['an image by URL', says({ type: 'image', url: 'https://example.com/a.png' })],
  ['an image as data', says({ type: 'image', url: 'data:image/png;base64,AAAA' })],
  ['a PDF', file('application/pdf')],
  ['a plain text file', file('text/plain')],
  ['audio', file('audio/mpeg')],
  ['video', file('video/mp4')],
  ['tools', { tools: [TOOL] }],
  ['strict tools', { tools: [{ ...TOOL, strict: true }] }],
  ['tool choice AUTO', { tools: [TOOL], toolChoice: { type: 'auto' } }],
  ['tool choice NONE', { tools: [TOOL], toolChoice: { type: 'none' } }],
  ['tool choice REQUIRED', { tools: [TOOL], toolChoice: { type: 'required' } }],
  ['tool choice by name', { tools: [TOOL], toolChoice: { type: 'tool', name: TOOL.name } }],
  ['JSON', { output: { type: 'json' } }],
  ['a JSON Schema', { output: { type: 'schema', name: 'city', schema: PARAMETERS } }],
  ['`maxOutputTokens`', { sampling: { ...sampling, maxOutputTokens: 4_000 } }],
  ['`temperature`', { sampling: { ...sampling, temperature: 0.5 } }],
  ['`topP`', { sampling: { ...sampling, topP: 0.9 } }],
  ['`stop`', { sampling: { ...sampling, stop: ['END'] } }],
  ['`seed`', { sampling: { ...sampling, seed: 1 } }],
  ['`reasoning.effort`', { reasoning: { effort: 'HIGH', maxTokens: null } }],
  ['`reasoning.effort: NONE`', { reasoning: { effort: 'NONE', maxTokens: null } }],
  ['`reasoning.maxTokens`', { reasoning: { effort: null, maxTokens: 2_000 } }],
]

/** Feature × driver as the drivers themselves say it, in Markdown. */
export function featureTable(): string {
  const drivers = COLUMNS.map(({ title: _, model, ...column }) => {
    const settings = {
      ...column,
      name: 'any',
      baseUrl: 'http://127.0.0.1:1',
      keys: [],
      pricedAs: null,
      simulated: false,
      probeEveryMs: null,
    }
    return { driver: createDriver(settings, { fetch: globalThis.fetch, clock: systemClock }), model }
  })
  const rows = FEATURES.map(([name, asked]) => [
    name,
    ...drivers.map(({ driver, model }) => {
      const conversation = { ...NOTHING_ASKED, ...asked }
      return driver.unsupported({ model, conversation }).length === 0 ? 'yes' : 'refused'
    }),
  ])
  const vectors = ['embeddings (`embed`)', ...drivers.map(({ driver }) => (driver.embeddings ? 'yes' : 'refused'))]
  const header = ['', ...COLUMNS.map(({ title, model }) => `${title}<br>${model}`)]
  return [header, header.map(() => '---'), ...rows, vectors].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
