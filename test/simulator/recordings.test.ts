import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/json.ts'
import { WIRE_NAMES, type WireName } from '../../src/simulator/ask.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { KEY } from './clients.ts'

const RECORDINGS = new URL('../../../shared/recordings/', import.meta.url)
const MANIFEST = new URL('manifest.json', RECORDINGS)
const RECORDED = existsSync(MANIFEST)
if (!RECORDED) console.info('No recorded provider traffic beside the checkout: the shapes are not compared.')

interface Exchange {
  readonly file: string
  readonly provider: string
  readonly api: string
  readonly streaming: boolean
  readonly status: number
  readonly tags: readonly string[]
}

const APIS = {
  'openai-chat': { provider: 'openai', api: 'chat.completions' },
  'openai-responses': { provider: 'openai', api: 'responses' },
  anthropic: { provider: 'anthropic', api: 'messages' },
  google: { provider: 'google', api: 'generateContent' },
} satisfies Record<WireName, { provider: string; api: string }>

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } }

/** A request that brings out reasoning, and text or a tool call. */
function requestOf(wire: WireName, streaming: boolean, prompt: string): { path: string; body: object } {
  const messages = [{ role: 'user', content: prompt }]
  const base = { model: 'm', stream: streaming }
  switch (wire) {
    case 'openai-chat': {
      const tools = [{ type: 'function', function: { name: 'get_weather', parameters: SCHEMA } }]
      const options = { stream_options: { include_usage: true } }
      return { path: '/openai/v1/chat/completions', body: { ...base, ...options, messages, tools } }
    }
    case 'openai-responses': {
      const tools = [{ type: 'function', name: 'get_weather', parameters: SCHEMA }]
      const reasoning = { reasoning: { effort: 'low', summary: 'auto' }, include: ['reasoning.encrypted_content'] }
      return { path: '/openai/v1/responses', body: { ...base, ...reasoning, input: messages, tools } }
    }
    case 'anthropic': {
      const tools = [{ name: 'get_weather', input_schema: SCHEMA }]
      const options = { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1024 } }
      return { path: '/anthropic/v1/messages', body: { ...base, ...options, messages, tools } }
    }
    case 'google': {
      const method = streaming ? 'streamGenerateContent?alt=sse' : 'generateContent'
      const contents = [{ role: 'user', parts: [{ text: prompt }] }]
      const tools = [{ functionDeclarations: [{ name: 'get_weather', parameters: SCHEMA }] }]
      const generationConfig = { thinkingConfig: { includeThoughts: true } }
      return { path: `/google/v1beta/models/m:${method}`, body: { contents, tools, generationConfig } }
    }
  }
}

/** The JSON documents of an answer: its events, or the one body. */
function documentsOf(text: string, streaming: boolean): readonly JsonObject[] {
  const lines = streaming ? text.split(/\r?\n/).filter((line) => line.startsWith('data: {')) : [`data: ${text}`]
  return lines.map((line) => JSON.parse(line.slice('data: '.length)))
}

/** Whose insides are the caller's, not the wire's. */
const FOREIGN =
  /\.(tools|text|reasoning|metadata|instructions|args|input|parameters|citations|annotations|safetyRatings)$/

function pathsIn(value: JsonValue, path: string, found: Set<string>): Set<string> {
  if (Array.isArray(value)) for (const item of value) pathsIn(item, `${path}[]`, found)
  if (!isJsonObject(value) || FOREIGN.test(path)) return found
  for (const [name, inner] of Object.entries(value)) {
    found.add(`${path}.${name}`)
    pathsIn(inner, `${path}.${name}`, found)
  }
  return found
}

/** How many documents of each type there are, and how many of them have each path. */
function tally(documents: readonly JsonObject[]): { types: Map<string, number>; paths: Map<string, number> } {
  const types = new Map<string, number>()
  const paths = new Map<string, number>()
  for (const document of documents) {
    const type = typeof document.type === 'string' ? document.type : 'answer'
    types.set(type, (types.get(type) ?? 0) + 1)
    for (const path of pathsIn(document, type, new Set())) paths.set(path, (paths.get(path) ?? 0) + 1)
  }
  return { types, paths }
}

describe.skipIf(!RECORDED)('beside recorded traffic', () => {
  let simulator: Simulator
  let manifest: readonly Exchange[]
  beforeAll(async () => {
    simulator = await startSimulator({})
    manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'))
  })
  afterAll(() => simulator.close())

  const cases = WIRE_NAMES.flatMap((wire) => [false, true].map((streaming) => ({ wire, streaming })))

  it.each(cases)('$wire has the same fields (streaming: $streaming)', async ({ wire, streaming }) => {
    const { provider, api } = APIS[wire]
    const recorded = manifest.filter(
      (exchange) =>
        exchange.provider === provider &&
        exchange.api === api &&
        exchange.streaming === streaming &&
        exchange.status === 200 &&
        !exchange.tags.includes('server_tools_or_other_parts'),
    )
    const theirs = tally(
      recorded.flatMap(({ file }) => documentsOf(readFileSync(new URL(file, RECORDINGS), 'utf8'), streaming)),
    )
    const answers = ['Hello', 'Please get weather for Paris'].map(async (prompt) => {
      const { path, body } = requestOf(wire, streaming, prompt)
      const keys = { authorization: `Bearer ${KEY}`, 'x-api-key': KEY, 'x-goog-api-key': KEY }
      const headers = { ...keys, 'anthropic-version': '2023-06-01' }
      const response = await fetch(simulator.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
      return documentsOf(await response.text(), streaming)
    })
    const ours = tally((await Promise.all(answers)).flat())

    const invented = [...ours.paths.keys()].filter((path) => !theirs.paths.has(path))
    const common = [...ours.types.keys()].flatMap((type) =>
      [...theirs.paths]
        .filter(([path]) => path.startsWith(`${type}.`) && !path.slice(type.length).includes('[]'))
        .filter(([, count]) => count > 0.9 * (theirs.types.get(type) ?? 0))
        .map(([path]) => path),
    )
    const missing = common.filter((path) => !ours.paths.has(path))
    expect({ invented, missing }).toEqual({ invented: [], missing: [] })
    expect(recorded.length).toBeGreaterThan(10)
  })
})
