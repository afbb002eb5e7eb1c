import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RouteConfig, SwitchyardConfig } from '../../src/config/define-config.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { ConfigurationError } from '../../src/config/problem.ts'
import type { Settings } from '../../src/core/settings.ts'

let folder: string
let count = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-routes-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function settingsOf(text: string, ending: string): Promise<Settings> {
  count += 1
  const path = join(folder, `${count}${ending}`)
  await writeFile(path, text)
  const variables = { OPENAI_API_KEY: 'fake-openai', SWITCHYARD_CONFIG: path }
  return (await loadConfiguration(readEnvironment(variables, folder))).settings
}

async function load(config: SwitchyardConfig): Promise<Settings> {
  return settingsOf(JSON.stringify(config), '.json')
}

async function policyOf(route: RouteConfig) {
  const { routes } = await load({ routes: { x: route } })
  return routes.find(({ name }) => name === 'x')?.policy
}

/** What is wrong with routes, as `path: message`; they may be of any shape. */
async function problemsOf(routes: unknown): Promise<readonly string[]> {
  try {
    await settingsOf(JSON.stringify({ routes }), '.json')
    return []
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return error.problems.map(({ path, message }) => `${path}: ${message}`)
  }
}

const A = 'openai/a'
const B = 'openai/b'

describe('a strategy of the configuration', () => {
  it.each<[string, RouteConfig, unknown]>([
    ['fastest', { strategy: 'fastest', models: [A, B] }, { strategy: 'fastest', models: [A, B], explore: 0.05 }],
    ['leastBusy', { strategy: 'leastBusy', models: [A, B] }, { strategy: 'leastBusy', models: [A, B] }],
    [
      'weighted, sticky',
      { strategy: 'weighted', models: [A], stickyBy: { tag: 'session' } },
      { strategy: 'weighted', models: [{ model: A, weight: 1 }], stickyBy: { type: 'tag', key: 'session' } },
    ],
    [
      'rules',
      {
        strategy: 'rules',
        rules: [
          {
            name: 'night',
            when: {
              tags: { plan: 'free', tier: ['a', 'b'] },
              project: 'web',
              endUser: ['u1'],
              inputTokens: { atLeast: 10 },
              needs: ['vision'],
              time: { zone: 'Europe/Berlin', days: ['sat'], from: '22:30', to: '06:00' },
            },
            models: [A],
          },
          { when: { time: { from: '08:00' } }, models: [B] },
        ],
      },
      {
        strategy: 'rules',
        rules: [
          {
            name: 'night',
            when: [
              { type: 'tag', key: 'plan', values: ['free'] },
              { type: 'tag', key: 'tier', values: ['a', 'b'] },
              { type: 'project', names: ['web'] },
              { type: 'endUser', ids: ['u1'] },
              { type: 'inputTokens', atLeast: 10, atMost: null },
              { type: 'needs', abilities: ['vision'] },
              { type: 'time', zone: 'Europe/Berlin', days: ['sat'], from: 1_350, to: 360 },
            ],
            models: [A],
          },
          { name: '2', when: [{ type: 'time', zone: 'UTC', days: [], from: 480, to: 0 }], models: [B] },
        ],
        otherwise: [],
      },
    ],
    [
      'experiment',
      { strategy: 'experiment', variants: { control: { models: [A], weight: 3 }, bold: { models: [B] } } },
      {
        strategy: 'experiment',
        variants: [
          { name: 'control', weight: 3, models: [A] },
          { name: 'bold', weight: 1, models: [B] },
        ],
        stickyBy: { type: 'endUser' },
      },
    ],
    [
      'shadow',
      { strategy: 'shadow', models: ['chat'], shadows: [B], share: 0.1, budget: { usd: '0.5', per: 'day' } },
      {
        strategy: 'shadow',
        models: ['chat'],
        shadows: [B],
        share: 0.1,
        budget: { amount: 500_000_000_000n, per: 'day' },
      },
    ],
  ])('is read: %s', async (_name, route, policy) => {
    expect(await policyOf(route)).toEqual(policy)
  })

  it('may be a function of the file', async () => {
    const { routes } = await settingsOf(
      `export default { routes: { x: { strategy: (all) => all.map(({ target }) => target), models: ['${A}', '${B}'] } } }`,
      '.ts',
    )
    expect(routes[0]?.policy).toEqual({ strategy: 'custom', models: [A, B], rank: expect.any(Function) })
  })

  it.each<[string, unknown, string]>([
    [
      'an unknown one',
      { strategy: 'random', models: [A] },
      'routes.x.strategy: write { strategy: … }, which is one of "priority", "cheapest", "leastBusy", "fastest", "weighted", "complexity", "rules", "experiment", "shadow", or a function of your own',
    ],
    [
      'too much exploration',
      { strategy: 'fastest', models: [A], explore: 2 },
      'routes.x.explore: write a number from 0 to 1',
    ],
    [
      'stickiness',
      { strategy: 'weighted', models: [A], stickyBy: 'user' },
      'routes.x.stickyBy: write "endUser", or { tag: "key" }',
    ],
    ['no rules', { strategy: 'rules', rules: [] }, 'routes.x.rules: write at least one rule'],
    [
      'a misspelt condition',
      { strategy: 'rules', rules: [{ when: { tag: {} }, models: [A] }] },
      'routes.x.rules.0.when: "tag" is unknown here: did you mean "tags"?',
    ],
    [
      'an unknown time zone',
      { strategy: 'rules', rules: [{ when: { time: { zone: 'Mars/Olympus' } }, models: [A] }] },
      'routes.x.rules.0.when.time.zone: write a time zone such as "Europe/Berlin"',
    ],
    [
      'no time',
      { strategy: 'rules', rules: [{ when: { time: { from: '24:00' } }, models: [A] }] },
      'routes.x.rules.0.when.time.from: write a time such as "08:30"',
    ],
    [
      'an unknown ability',
      { strategy: 'rules', rules: [{ when: { needs: ['smell'] }, models: [A] }] },
      'routes.x.rules.0.when.needs.0: write one of "vision", "tools", "jsonSchema"',
    ],
    [
      'a rule for a model that is not there',
      { strategy: 'rules', rules: [{ when: {}, models: ['opnai/a'] }] },
      'routes.x.rules.0.models.0: no provider is called "opnai"; known: openai',
    ],
    [
      'one variant',
      { strategy: 'experiment', variants: { only: { models: [A] } } },
      'routes.x.variants: name at least two variants',
    ],
    [
      'a variant without a weight',
      { strategy: 'experiment', variants: { a: { models: [A], weight: 0 }, b: { models: [B] } } },
      'routes.x.variants.a.weight: write a number above zero',
    ],
    [
      'a route as a shadow',
      { strategy: 'shadow', models: [A], shadows: ['chat'], share: 1, budget: { usd: '1', per: 'day' } },
      'routes.x.shadows.0: write a model as "provider/model"',
    ],
    [
      'a budget per week',
      { strategy: 'shadow', models: [A], shadows: [B], share: 1, budget: { usd: '1', per: 'week' } },
      'routes.x.budget.per: write one of "hour", "day"',
    ],
    [
      'a misspelt route',
      { strategy: 'priority', models: ['cht'] },
      'routes.x.models.0: no route is called "cht": did you mean "chat"?',
    ],
    [
      'an empty requirement',
      { strategy: 'priority', models: [A], requires: { region: [] } },
      'routes.x.requires.region: write a text or a list of texts',
    ],
  ])('is refused: %s', async (_name, route, problem) => {
    expect(await problemsOf({ x: route })).toEqual([problem])
  })
})

describe('routes within routes', () => {
  it('may be named wherever models are, those that are there by default too', async () => {
    const { routes } = await load({
      routes: {
        smart: { strategy: 'cheapest', models: [A, 'chat'] },
        x: { strategy: 'complexity', tiers: { simple: [B], complex: ['smart'] } },
      },
    })
    expect(routes.map(({ name }) => name)).toEqual(['smart', 'x', 'chat', 'auto'])
  })

  it('must not lead back to themselves', async () => {
    const chain = (...models: string[]) => ({ strategy: 'priority', models })
    expect(await problemsOf({ a: chain('b'), b: chain(A, 'c'), c: chain('b', 'd'), d: chain(A) })).toEqual([
      'routes.b: leads back to itself: b → c → b',
    ])
    expect(await problemsOf({ a: chain('a') })).toEqual(['routes.a: leads back to itself: a → a'])
    expect(await problemsOf({ a: chain('b', 'c'), b: chain('c'), c: chain(A) })).toEqual([])
  })
})

describe('abilities, regions and data policies', () => {
  it('are said of models and required by routes, or by all of them', async () => {
    const { models, routes, defaults } = await load({
      models: { [A]: { abilities: { vision: false }, region: 'eu', dataPolicy: 'no-training' } },
      defaults: { requires: { dataPolicy: 'no-training' } },
      routes: { x: { strategy: 'priority', models: [A], requires: { region: ['eu', 'ch'] } } },
    })
    expect(models[0]).toMatchObject({
      abilities: { vision: false, tools: null, jsonSchema: null },
      region: 'eu',
      dataPolicy: 'no-training',
    })
    expect(defaults.requires).toEqual({ regions: [], dataPolicies: ['no-training'] })
    expect(routes[0]?.requires).toEqual({ regions: ['eu', 'ch'], dataPolicies: ['no-training'] })
  })
})
