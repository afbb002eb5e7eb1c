import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { createSchema } from '../../src/graph/schema.ts'

const ROOT = new URL('../../', import.meta.url)
const PAGES = [
  'README.md',
  ...readdirSync(new URL('docs', ROOT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** Each example with the line that it stands on. */
function examples(language: 'ts' | 'graphql'): readonly (readonly [string, string])[] {
  return PAGES.flatMap((page) => {
    const text = readFileSync(new URL(page, ROOT), 'utf8')
    const blocks = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))]
    return blocks.map(
      ({ 1: code = '', index }) => [`${page}:${text.slice(0, index).split('\n').length}`, code] as const,
    )
  })
}

/** In a form that webhooks take, and API keys may have. */
const NO_SECRET = `whsec_${Buffer.from('not a real secret, but long enough').toString('base64')}`

/** A whole configuration file, or what stands somewhere in one. */
const WHOLE = /^export default /m
const PART = /^(providers|models|routes|defaults|retention|webhooks|server|prices|simulator): /

/** What parts leave out: the providers that their models are of. */
const PROVIDERS = [
  ...['my-vllm', 'gpu-1', 'gpu-2'].map(
    (name) => `'${name}': { driver: 'openai-compatible', baseUrl: 'http://localhost:8000/v1' }`,
  ),
  ...['anthropic', 'google'].map((name) => `${name}: { driver: '${name}', apiKeys: ['env:OPENAI_API_KEY'] }`),
].join(', ')

function fileOf(example: string): string {
  if (!WHOLE.test(example)) return `export default { providers: { ${PROVIDERS} },\n${example}}`
  // The types are erased and the helper only types: neither is there where the file lies outside the checkout.
  return `const defineConfig = (config) => config\n${example.replace(/^import .*$/gm, '')}`
}

describe('the examples in the documentation', () => {
  const configurations = examples('ts').filter(([, code]) => WHOLE.test(code) || PART.test(code))
  const documents = examples('graphql')
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-examples-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('are there', () => {
    expect(configurations.length).toBeGreaterThan(15)
    expect(documents.length).toBeGreaterThan(20)
  })

  it.each(configurations)('of configuration load: %s', async (place, code) => {
    const file = join(folder, `${place.replaceAll(/\W/g, '-')}.mjs`)
    await writeFile(file, fileOf(code))
    const keys = [...code.matchAll(/'env:(\w+)'/g)].map(([, name = '']) => [name, NO_SECRET])
    const variables = { OPENAI_API_KEY: NO_SECRET, ...Object.fromEntries(keys), SWITCHYARD_CONFIG: file }
    const { settings } = await loadConfiguration(readEnvironment(variables, folder))
    expect(settings.providers.length).toBeGreaterThan(0)
  })

  it.each(documents)('of requests fit the schema: %s', (_place, code) => {
    expect(validate(createSchema(), parse(code)).map(({ message }) => message)).toEqual([])
  })
})
