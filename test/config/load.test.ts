import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SwitchyardConfig } from '../../src/config/define-config.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { type Configuration, loadConfiguration, resolveSettings } from '../../src/config/load.ts'
import { ConfigurationError } from '../../src/config/problem.ts'
import { DRIVER_NAMES } from '../../src/core/driver.ts'

let folder: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

type Variables = Record<string, string>
const OPENAI: Variables = { OPENAI_API_KEY: 'fake-openai' }
const ANTHROPIC: Variables = { ANTHROPIC_API_KEY: 'fake-anthropic' }
const GROQ: Variables = { GROQ_API_KEY: 'fake-groq' }

function loadText(text: string, variables: Variables = {}, ending = '.ts'): Promise<Configuration> {
  count += 1
  const path = join(folder, `${count}${ending}`)
  return writeFile(path, text).then(() =>
    loadConfiguration(readEnvironment({ ...variables, SWITCHYARD_CONFIG: path }, folder)),
  )
}

const load = (config: SwitchyardConfig, variables: Variables = {}) =>
  loadText(JSON.stringify(config), variables, '.json')

/** What is wrong with a configuration, as `path: message`; it may be of any shape. */
async function problemsOf(config: unknown, variables: Variables = {}): Promise<string[]> {
  try {
    await loadText(JSON.stringify(config), variables, '.json')
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return error.problems.map(({ path, message }) => `${path}: ${message}`)
  }
}

describe('a configuration file', () => {
  const example = `
    providers: {
      openai: { driver: 'openai', api: 'responses', apiKeys: ['env:OPENAI_API_KEY'] },   // or 'chat'
      groq: { driver: 'openai-compatible', baseUrl: 'https://api.groq.com/openai/v1', apiKeys: ['env:GROQ_API_KEY'] },
    },
    models: { 'groq/my-finetune': { contextWindow: 32_000, price: { inputPerMillion: '0.10', cachedInputPerMillion: '0.01',
      outputPerMillion: '0.40' } } },                      // without a cached price, cached input costs the input price
    defaults: { timeouts: { firstTokenMs: 30_000, idleMs: 30_000, totalMs: 600_000 }, attempts: { perModel: 2, perCall: 6 }, midStream: 'RESTART' },
    routes: {
      chat: { strategy: 'priority', models: ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5'], timeouts: { firstTokenMs: 5_000 } },
    },`

  it('is read with all that the usual one has', async () => {
    const { settings, simulator } = await loadText(`export default {${example}}`, { ...OPENAI, ...GROQ, ...ANTHROPIC })

    expect(simulator).toBe(false)
    expect(settings.providers).toEqual([
      {
        name: 'openai',
        driver: 'openai',
        api: 'responses',
        baseUrl: null,
        keys: [{ name: 'OPENAI_API_KEY', secret: 'fake-openai' }],
        pricedAs: null,
        simulated: false,
        probeEveryMs: null,
      },
      {
        name: 'groq',
        driver: 'openai-compatible',
        api: 'chat',
        baseUrl: 'https://api.groq.com/openai/v1',
        keys: [{ name: 'GROQ_API_KEY', secret: 'fake-groq' }],
        pricedAs: null,
        simulated: false,
        probeEveryMs: null,
      },
      expect.objectContaining({ name: 'anthropic', driver: 'anthropic' }),
    ])
    expect(settings.models).toEqual([
      {
        id: 'groq/my-finetune',
        contextWindow: 32_000,
        maxOutputTokens: null,
        price: {
          input: 100_000n,
          cachedInput: 10_000n,
          cacheWrite: 100_000n,
          cacheWriteHour: 100_000n,
          output: 400_000n,
        },
        tierPrices: {},
        upstream: 'stream',
        abilities: { vision: null, tools: null, jsonSchema: null },
        region: null,
        dataPolicy: null,
      },
    ])
    expect(settings.routes[0]).toEqual({
      name: 'chat',
      policy: { strategy: 'priority', models: ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5'] },
      timeouts: { firstTokenMs: 5_000, idleMs: 30_000, totalMs: 600_000 },
      attempts: { perModel: 2, perCall: 6 },
      midStream: 'RESTART',
      hedge: null,
      upstream: 'stream',
      maxCost: null,
      onContentRejected: 'fail',
      requires: { regions: [], dataPolicies: [] },
    })
    expect(settings.routes.map(({ name }) => name)).toEqual(['chat', 'auto'])
  })

  it('takes every driver that there is, and Azure deployments with their version', async () => {
    const { settings } = await load(
      {
        providers: {
          azure: {
            driver: 'openai',
            api: 'chat',
            baseUrl: 'https://me.openai.azure.com/openai?api-version=2024-10-21',
            apiKeys: ['env:KEY'],
          },
          ...Object.fromEntries(
            DRIVER_NAMES.map((driver) => [`a-${driver}`, { driver, baseUrl: 'http://localhost:1234' }]),
          ),
        },
      },
      { KEY: 'fake' },
    )
    expect(settings.providers.map(({ driver }) => driver)).toEqual(['openai', ...DRIVER_NAMES])
  })

  it('may use defineConfig, types, and be JavaScript or JSON', async () => {
    const define = fileURLToPath(new URL('../../src/config/define-config.ts', import.meta.url))
    const typed = `import { defineConfig } from ${JSON.stringify(define)}\nconst name: string = 'x'
      export default defineConfig({ routes: { [name]: { strategy: 'priority', models: ['openai/gpt-5'] } } })`

    for (const [text, ending] of [
      [typed, '.ts'],
      ["export default { routes: { x: { strategy: 'priority', models: ['openai/gpt-5'] } } }", '.mjs'],
      ['{ "routes": { "x": { "strategy": "priority", "models": ["openai/gpt-5"] } } }', '.json'],
    ] as const) {
      const { settings } = await loadText(text, OPENAI, ending)
      expect(settings.routes[0]?.name).toBe('x')
    }
  })

  it('need not be there', async () => {
    const { configFile, settings } = await loadConfiguration(readEnvironment(OPENAI, folder))

    expect(configFile).toBeNull()
    expect(settings.providers.map(({ name }) => name)).toEqual(['openai'])
    expect(settings.server).toMatchObject({ host: '127.0.0.1', port: 4000, corsOrigins: [], graphiql: true })
  })

  it('is the example of the repository, valid with no key set', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const { configFile, simulator, settings } = await loadConfiguration(readEnvironment({}, root))

    expect(configFile).toBe(join(root, 'switchyard.config.ts'))
    expect(simulator).toBe(true)
    expect(settings.routes.map(({ name }) => name)).toEqual(['chat', 'auto'])
  })

  it.each([
    ['is not there', undefined, '.ts', 'SWITCHYARD_CONFIG: there is no file'],
    ['has a wrong ending', '{}', '.yaml', 'file: name it .ts, .mts, .js, .mjs, .cjs or .json'],
    ['is no JSON', '{', '.json', "file: can't be read: Expected property name"],
    ['throws', "throw new Error('not today')", '.ts', "file: can't be read: not today"],
    ['exports nothing', 'export const config = {}', '.ts', 'default export: write an object with providers, models'],
    ['exports a list', 'export default []', '.ts', 'default export: write an object with providers, models, routes'],
    [
      'imports what is not there',
      "import { defineConfig } from 'switchyard'\nexport default defineConfig({})",
      '.mjs',
      'a plain default export is enough, it need not import defineConfig',
    ],
  ])('is refused where it %s', async (_name, text, ending, message) => {
    const path = join(folder, `missing${ending}`)
    const loading =
      text === undefined
        ? loadConfiguration(readEnvironment({ SWITCHYARD_CONFIG: path }, folder))
        : loadText(text, {}, ending)

    await expect(loading).rejects.toThrow(message)
    await expect(loading).rejects.toThrow(ConfigurationError)
  })
})

describe('probes', () => {
  it.each<[unknown, number | null]>([
    [undefined, null],
    [false, null],
    [true, 5_000],
    [{}, 5_000],
    [{ everyMs: 30_000 }, 30_000],
  ])('%o', async (probe, everyMs) => {
    const config = { providers: { x: { driver: 'openai', apiKeys: [], probe } } }
    const { settings } = await loadText(JSON.stringify(config), {}, '.json')
    expect(settings.providers[0]?.probeEveryMs).toBe(everyMs)
  })
})

describe('problems', () => {
  it('are told all at once, ready to print, with the file', async () => {
    const config = {
      provders: {},
      providers: { groq: { driver: 'openai-compatible', apiKeys: ['sk-fake-secret-000'] } },
      routes: { 'my/chat': { strategy: 'priority', models: ['opnai/gpt-5'] } },
      defaults: { attempts: { perModel: 0 } },
    }

    await expect(loadText(JSON.stringify(config), OPENAI, '.json')).rejects.toThrow(/\.json\):\n {2}\S/)
    expect(await problemsOf(config, OPENAI)).toEqual([
      'default export: "provders" is unknown here: did you mean "providers"?',
      'providers.groq.apiKeys.0: write "env:NAME", never a key itself',
      'defaults.attempts.perModel: write a whole number from 1 to 20',
      'routes.my/chat: name a route without slashes and spaces: a slash makes it a model',
      'routes.my/chat.models.0: no provider is called "opnai"; known: groq, openai',
    ])
  })

  it.each<[string, unknown, string]>([
    ['a driver', { driver: 'open-ai' }, 'providers.x.driver: write { driver: … }, which is one of "openai"'],
    ['a provider that is none', 'openai', 'providers.x: '],
    [
      'an API of another driver',
      { driver: 'anthropic', api: 'chat', apiKeys: [] },
      'providers.x: "api" is unknown here',
    ],
    [
      'an API that is none',
      { driver: 'openai', api: 'assistants', apiKeys: [] },
      'providers.x.api: write one of "responses"',
    ],
    [
      'a misspelt field',
      { driver: 'openai', apikeys: [] },
      'providers.x: "apikeys" is unknown here: did you mean "apiKeys"?',
    ],
    [
      'probes too often',
      { driver: 'openai', apiKeys: [], probe: { everyMs: 999 } },
      'providers.x.probe.everyMs: write a whole number from 1000 to 3600000',
    ],
    [
      'a missing URL',
      { driver: 'openai-compatible', apiKeys: [] },
      'providers.x.baseUrl: is missing: write where "x" is',
    ],
    [
      'a broken URL',
      { driver: 'openai', baseUrl: 'example.com', apiKeys: [] },
      'providers.x.baseUrl: write an http or https URL',
    ],
    [
      'credentials in a URL',
      { driver: 'openai', baseUrl: 'https://a:b@c.de', apiKeys: [] },
      'providers.x.baseUrl: write an http',
    ],
    [
      'a version in a URL',
      { driver: 'anthropic', baseUrl: 'https://x.io/v1', apiKeys: [] },
      'baseUrl: write it without a version',
    ],
    [
      'a key that is not set',
      { driver: 'openai', apiKeys: ['env:MY_KEY'] },
      'providers.x.apiKeys.0: the environment variable MY_KEY is not set: set it, or remove the provider',
    ],
    [
      'no key where one is needed',
      { driver: 'openai-compatible', baseUrl: 'https://llm.example.com/v1' },
      'providers.x.apiKeys: is missing: write ["env:X_API_KEY"] and set that variable, or [] if "x" takes no key',
    ],
    [
      'a key twice',
      { driver: 'anthropic', apiKeys: ['env:ANTHROPIC_API_KEY', 'env:ANTHROPIC_API_KEY'] },
      'providers.x.apiKeys.1: ANTHROPIC_API_KEY stands here twice',
    ],
  ])('of a provider: %s', async (_name, provider, problem) => {
    expect(await problemsOf({ providers: { x: provider } }, ANTHROPIC)).toEqual([expect.stringContaining(problem)])
  })

  it.each<[string, unknown, string]>([
    ['no strategy', { models: ['openai/a'] }, 'routes.x.strategy: write { strategy: … }, which is one of "priority"'],
    ['an unknown strategy', { strategy: 'random' }, 'routes.x.strategy: write { strategy: … }'],
    ['no models', { strategy: 'priority' }, 'routes.x.models: is missing: write a list of models'],
    ['an empty list', { strategy: 'priority', models: [] }, 'routes.x.models: name at least one model'],
    [
      'neither a model nor a route',
      { strategy: 'cheapest', models: ['gpt-5'] },
      'routes.x.models.0: no route is called "gpt-5": write a model as "provider/model"',
    ],
    [
      'an unknown provider',
      { strategy: 'cheapest', models: ['openai/a', 'opnai/b'] },
      'routes.x.models.1: no provider is called "opnai"; known: openai',
    ],
    [
      'a provider without its key',
      { strategy: 'cheapest', models: ['mistral/a'] },
      'no provider is called "mistral": set MISTRAL_API_KEY or declare it; known: openai',
    ],
    [
      'a model twice',
      { strategy: 'priority', models: ['openai/a', 'openai/a'] },
      'routes.x.models.1: "openai/a" stands here twice',
    ],
    [
      'no weight',
      { strategy: 'weighted', models: [{ model: 'openai/a', weight: 0 }] },
      'routes.x.models.0.weight: write a number above zero',
    ],
    [
      'a negative weight',
      { strategy: 'weighted', models: ['openai/a'], weights: { 'openai/a': -1 } },
      'routes.x.weights.openai/a: write a number above zero',
    ],
    [
      'a weight of another',
      { strategy: 'weighted', models: ['openai/a'], weights: { 'openai/b': 1 } },
      "routes.x.weights.openai/b: is not among the route's models",
    ],
    [
      'a missing tier',
      { strategy: 'complexity', tiers: { simple: ['openai/a'] } },
      'routes.x.tiers.complex: is missing: write a list',
    ],
    [
      'an unknown tier target',
      { strategy: 'complexity', tiers: { simple: ['openai/a'], complex: ['x/b'] } },
      'routes.x.tiers.complex.0: no provider',
    ],
    [
      'a timeout',
      { strategy: 'priority', models: ['openai/a'], timeouts: { idleMs: 0 } },
      'routes.x.timeouts.idleMs: write a whole number from 1 to 3600000',
    ],
    [
      'a misspelt timeout',
      { strategy: 'priority', models: ['openai/a'], timeouts: { idle: 1 } },
      'routes.x.timeouts: "idle" is unknown here: known are firstTokenMs',
    ],
    [
      'a policy',
      { strategy: 'priority', models: ['openai/a'], midStream: 'restart' },
      'routes.x.midStream: write one of "RESTART"',
    ],
    [
      'a hedge without time',
      { strategy: 'priority', models: ['openai/a'], hedge: { afterMs: 0 } },
      'routes.x.hedge.afterMs: write a whole number from 1 to 3600000',
    ],
    [
      'money as a number',
      { strategy: 'priority', models: ['openai/a'], maxCostUsd: 1 },
      'routes.x.maxCostUsd: write dollars above zero',
    ],
    [
      'no money',
      { strategy: 'priority', models: ['openai/a'], maxCostUsd: '0.00' },
      'routes.x.maxCostUsd: write dollars above zero',
    ],
  ])('of a route: %s', async (_name, route, problem) => {
    expect(await problemsOf({ routes: { x: route } }, OPENAI)).toEqual([expect.stringContaining(problem)])
  })

  it.each<[string, unknown, string]>([
    [
      'a price as a number',
      { models: { 'openai/a': { price: { inputPerMillion: 1, outputPerMillion: '1' } } } },
      'models.openai/a.price.inputPerMillion: write dollars per million tokens as a decimal number in quotes',
    ],
    [
      'half a price',
      { models: { 'openai/a': { price: { inputPerMillion: '1' } } } },
      'models.openai/a.price.outputPerMillion: is missing',
    ],
    [
      'seven decimals',
      { models: { 'openai/a': { price: { inputPerMillion: '0.0000001', outputPerMillion: '1' } } } },
      'at most six decimals',
    ],
    ['a model without a provider', { models: { a: {} } }, 'models.a: name a model as "provider/model"'],
    ['a model of nobody', { models: { 'x/a': {} } }, 'models.x/a: no provider is called "x"; known: openai'],
    [
      'a window',
      { models: { 'openai/a': { contextWindow: '32k' } } },
      'models.openai/a.contextWindow: write a whole number',
    ],
    [
      'an origin',
      { server: { cors: { origins: ['https://example.com/'] } } },
      'server.cors.origins.0: write an origin such as',
    ],
    ['a limit', { server: { limits: { depth: 0 } } }, 'server.limits.depth: write a whole number from 1'],
    ['a flag', { server: { graphiql: 'yes' } }, 'server.graphiql: write true or false'],
    ['connections', { database: { connections: 0 } }, 'database.connections: write a whole number from 1 to 1000'],
    ['the simulator', { simulator: true }, 'simulator: write one of "auto", "always", "never"'],
    ['a list of routes', { routes: [] }, 'routes: write an object of routes by name'],
    [
      'a name of the simulator',
      { providers: { 'sim-openai': { driver: 'openai', apiKeys: [] } } },
      'providers.sim-openai: give it another name',
    ],
    [
      'a provider with a slash',
      { providers: { 'a/b': { driver: 'openai', apiKeys: [] } } },
      'providers.a/b: name a provider with letters',
    ],
  ])('of the rest: %s', async (_name, config, problem) => {
    expect(await problemsOf(config, OPENAI)).toEqual([expect.stringContaining(problem)])
  })

  it('never show what may be a key', async () => {
    const secret = 'sk-fake-0123456789'
    const problems = await problemsOf({
      providers: { a: { driver: 'openai', apiKeys: [secret] }, b: { driver: 'openai', apiKeys: secret } },
    })

    expect(problems).toHaveLength(2)
    expect(problems.join()).not.toContain('0123456789')
  })
})

describe('providers', () => {
  it('are there without configuration where their usual variable is set', async () => {
    const { settings, simulator } = await load(
      {},
      { GOOGLE_API_KEY: 'fake', MISTRAL_API_KEY: 'fake', XAI_API_KEY: ' ' },
    )

    expect(simulator).toBe(false)
    expect(settings.providers).toMatchObject([
      { name: 'google', driver: 'google', baseUrl: null, keys: [{ name: 'GOOGLE_API_KEY' }] },
      { name: 'mistral', driver: 'openai-compatible', baseUrl: 'https://api.mistral.ai/v1' },
    ])
  })

  it('are as configured where one of that name is', async () => {
    const { settings } = await load({ providers: { openai: { driver: 'openai', api: 'chat' } } }, OPENAI)

    expect(settings.providers).toMatchObject([{ name: 'openai', api: 'chat', keys: [{ name: 'OPENAI_API_KEY' }] }])
  })

  it('have a base URL by their usual name, and a pool of keys', async () => {
    const config = { groq: { driver: 'openai-compatible' as const, apiKeys: ['env:A', 'env:B'] } }
    const { settings } = await load({ providers: config }, { A: 'fake-a', B: 'fake-b' })

    expect(settings.providers).toMatchObject([
      { baseUrl: 'https://api.groq.com/openai/v1', keys: [{ name: 'A', secret: 'fake-a' }, { name: 'B' }] },
    ])
  })

  it.each([
    'http://localhost:8000/v1/',
    'http://127.0.0.1:8000/v1',
    'http://[::1]:1/v1',
    'http://vllm:8000/v1',
    'http://gpu.local/v1',
  ])('need no key at %s', async (baseUrl) => {
    const { settings } = await load({ providers: { mine: { driver: 'openai-compatible', baseUrl } } })

    expect(settings.providers).toMatchObject([{ name: 'mine', keys: [], baseUrl: baseUrl.replace(/\/$/, '') }])
  })
})

describe('routes', () => {
  it('merge over the defaults, field by field', async () => {
    const { settings } = await load(
      {
        defaults: {
          timeouts: { idleMs: 7_000 },
          attempts: { perCall: 3 },
          maxCostUsd: '0.5',
          midStream: 'FAIL',
          hedge: { afterMs: 700 },
        },
        routes: {
          x: {
            strategy: 'cheapest',
            models: ['openai/gpt-5'],
            timeouts: { totalMs: 60_000 },
            attempts: { perModel: 1 },
            upstream: 'unary',
            onContentRejected: 'nextCandidate',
          },
        },
      },
      OPENAI,
    )

    expect(settings.defaults).toMatchObject({ maxCost: 500_000_000_000n, midStream: 'FAIL', upstream: 'stream' })
    expect(settings.routes[0]).toEqual({
      name: 'x',
      policy: { strategy: 'cheapest', models: ['openai/gpt-5'] },
      timeouts: { firstTokenMs: null, idleMs: 7_000, totalMs: 60_000 },
      attempts: { perModel: 1, perCall: 3 },
      midStream: 'FAIL',
      hedge: { afterMs: 700 },
      upstream: 'unary',
      maxCost: 500_000_000_000n,
      onContentRejected: 'nextCandidate',
      requires: { regions: [], dataPolicies: [] },
    })
  })

  it('take weights beside the models and with them', async () => {
    const { settings } = await load(
      {
        routes: {
          x: {
            strategy: 'weighted',
            models: ['openai/a', 'openai/b', { model: 'openai/c', weight: 0.5 }],
            weights: { 'openai/a': 3 },
          },
        },
      },
      OPENAI,
    )

    expect(settings.routes[0]?.policy).toEqual({
      strategy: 'weighted',
      models: [
        { model: 'openai/a', weight: 3 },
        { model: 'openai/b', weight: 1 },
        { model: 'openai/c', weight: 0.5 },
      ],
      stickyBy: null,
    })
  })

  it('are there by default over the providers that are there', async () => {
    const { settings } = await load({}, { ...ANTHROPIC, ...OPENAI, ...GROQ })
    const [chat, auto] = settings.routes

    expect(chat).toMatchObject({
      name: 'chat',
      policy: { strategy: 'priority', models: ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5'] },
      timeouts: { firstTokenMs: 5_000 },
    })
    expect(auto).toMatchObject({ name: 'auto', policy: { strategy: 'complexity' }, timeouts: { firstTokenMs: null } })
  })

  it('give a single model all the time there is', async () => {
    const { settings } = await load({}, OPENAI)

    expect(settings.routes[0]).toMatchObject({ name: 'chat', timeouts: { firstTokenMs: null } })
  })

  it('are not made up where no provider has a recommended model', async () => {
    expect((await load({}, GROQ)).settings.routes).toEqual([])
  })
})

describe('the simulator', () => {
  it('runs where there is no provider, and its models stand in the default routes', async () => {
    const configuration = await load({})
    const settings = resolveSettings(configuration, 'http://127.0.0.1:9999')

    expect(configuration.simulator).toBe(true)
    expect(settings.providers).toMatchObject([
      {
        name: 'sim-openai',
        driver: 'openai',
        api: 'responses',
        baseUrl: 'http://127.0.0.1:9999/openai/v1',
        simulated: true,
      },
      { name: 'sim-anthropic', baseUrl: 'http://127.0.0.1:9999/anthropic', pricedAs: 'anthropic' },
      { name: 'sim-google', baseUrl: 'http://127.0.0.1:9999/google', keys: [{ secret: 'simulator' }] },
    ])
    expect(settings.routes[0]?.policy).toEqual({
      strategy: 'priority',
      models: ['sim-openai/gpt-5-mini', 'sim-anthropic/claude-haiku-4-5', 'sim-google/gemini-2.5-flash'],
    })
  })

  it('stays out where there is a provider, unless asked for', async () => {
    expect((await load({}, OPENAI)).simulator).toBe(false)
    const both = await load(
      { simulator: 'always', routes: { x: { strategy: 'priority', models: ['sim-openai/gpt-5'] } } },
      OPENAI,
    )

    expect(both.simulator).toBe(true)
    expect(both.settings.routes.map(({ policy }) => ('models' in policy ? policy.models : []))).toEqual([
      ['sim-openai/gpt-5'],
      ['openai/gpt-5-mini'],
      [],
    ])
  })

  it('may be forbidden, and then a provider is needed', async () => {
    expect(await problemsOf({ simulator: 'never' })).toEqual([
      'providers: declare one, set a key such as OPENAI_API_KEY, or allow the simulator',
    ])
  })
})

describe('the environment', () => {
  it('takes a secret for browser tokens that can not be guessed, and never shows it', () => {
    const secret = 'not-a-real-secret-0123456789abcdef'
    expect(readEnvironment({ SWITCHYARD_TOKEN_SECRET: secret }, '/srv').tokenSecret).toBe(secret)
    const read = () => readEnvironment({ SWITCHYARD_TOKEN_SECRET: 'hush-hush' }, '/srv')
    expect(read).toThrow(/SWITCHYARD_TOKEN_SECRET: write at least 32 random characters/)
    expect(read).not.toThrow(/hush/)
  })

  it('has safe defaults', () => {
    expect(readEnvironment({}, '/srv')).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      databaseUrl: null,
      configFile: null,
      dataDirectory: '/srv/.switchyard',
      firstApiKey: null,
      tokenSecret: null,
      logLevel: 'info',
    })
  })

  it('reads what is set, paths from the working directory', () => {
    const variables = {
      PORT: '0',
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgresql://u:p@db/x',
      SWITCHYARD_CONFIG: 'my.config.ts',
      SWITCHYARD_DATA_DIR: '/var/lib/switchyard',
      SWITCHYARD_API_KEY: 'sy_fake-fake-fake-fake',
      LOG_LEVEL: 'debug',
    }

    expect(readEnvironment(variables, '/srv')).toMatchObject({
      port: 0,
      host: '0.0.0.0',
      databaseUrl: 'postgresql://u:p@db/x',
      configFile: '/srv/my.config.ts',
      dataDirectory: '/var/lib/switchyard',
      firstApiKey: 'sy_fake-fake-fake-fake',
      logLevel: 'debug',
    })
  })

  it('tells all that is wrong, without secrets', () => {
    const wrong = { PORT: '99999', DATABASE_URL: 'mysql://u:hush@db/x', SWITCHYARD_API_KEY: 'hush', LOG_LEVEL: 'loud' }
    const read = () => readEnvironment(wrong, '/srv')

    expect(read).toThrow(/PORT: .*\n.*DATABASE_URL: .*\n.*SWITCHYARD_API_KEY: .*\n.*LOG_LEVEL: write one of debug/)
    expect(read).not.toThrow(/hush/)
  })

  it('decides where the ledger is kept', async () => {
    const url = 'postgres://u:p@db/x'
    const config = { database: { connections: 3 } }

    expect((await load(config, { DATABASE_URL: url })).settings.database).toEqual({
      type: 'postgres',
      url,
      connections: 3,
    })
    expect((await load(config)).settings.database).toEqual({
      type: 'embedded',
      directory: join(folder, '.switchyard'),
    })
  })
})
