import { describe, expect, it } from 'vitest'
import { resolveTarget } from '../../src/routing/resolve-target.ts'
import { DEFAULTS, ids, providers, route } from './given.ts'

const settings = {
  providers: providers('openai', 'anthropic', 'openrouter'),
  routes: [
    route('chat', { strategy: 'priority', models: ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5'] }),
    route('half', { strategy: 'priority', models: ['gone/model', 'openai/gpt-5'] }),
    route('smart', {
      strategy: 'complexity',
      tiers: { simple: ['openai/gpt-5-nano'], complex: ['openai/gpt-5', 'openai/gpt-5-nano'] },
    }),
  ],
  defaults: DEFAULTS,
}

function known(model: string, fallbacks: readonly string[] = []) {
  const target = resolveTarget(model, fallbacks, settings)
  if (target.type === 'unknown') throw new Error(target.message)
  return target
}

function message(model: string, fallbacks: readonly string[] = []): string {
  const target = resolveTarget(model, fallbacks, settings)
  return target.type === 'unknown' ? target.message : 'known'
}

describe('resolveTarget', () => {
  it('finds a route with all its models, each once', () => {
    expect(known('chat').route).toBe(settings.routes[0])
    expect(ids(known('smart').models)).toEqual(['openai/gpt-5-nano', 'openai/gpt-5'])
  })

  it('makes a route of one model, by the defaults', () => {
    const target = known('openrouter/meta/llama-3')
    expect(target.asked).toBe('model')
    expect(target.route).toEqual({
      ...DEFAULTS,
      name: 'openrouter/meta/llama-3',
      policy: { strategy: 'priority', models: ['openrouter/meta/llama-3'] },
    })
    expect(target.models).toEqual([{ provider: 'openrouter', model: 'meta/llama-3' }])
  })

  it("adds the caller's fallbacks that the route lacks, each once", () => {
    const target = known('chat', ['openai/gpt-5', 'openai/gpt-5-mini', 'openai/gpt-5', 'gone/model'])
    expect(ids(target.models)).toEqual(['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5', 'openai/gpt-5'])
    expect(ids(target.fallbacks)).toEqual(['openai/gpt-5'])
    expect(ids(target.unreachable)).toEqual(['gone/model'])
  })

  it('leaves out models of providers that are not configured', () => {
    expect(ids(known('half').models)).toEqual(['openai/gpt-5'])
    expect(ids(known('half').unreachable)).toEqual(['gone/model'])
  })

  it.each([
    ['chad', 'There is no route "chad". Did you mean "chat"? To ask for one model, write provider/model.'],
    [
      'gpt-5',
      'There is no route "gpt-5". The routes are chat, half, smart. To ask for one model, write provider/model.',
    ],
    ['opnai/gpt-5', '"opnai/gpt-5" can\'t be asked for: no provider "opnai" is configured. Did you mean "openai"?'],
    [
      'zzz/gpt-5',
      '"zzz/gpt-5" can\'t be asked for: no provider "zzz" is configured. The configured providers are openai, anthropic, openrouter.',
    ],
    ['openai/', 'There is no route "openai/".'],
    ['/gpt-5', 'There is no route "/gpt-5".'],
    ['', 'There is no route "".'],
  ])('says what to write instead of "%s"', (name, expected) => {
    expect(message(name)).toContain(expected)
  })

  it('says so where there are no routes', () => {
    const target = resolveTarget('x', [], { ...settings, routes: [] })
    expect(target).toMatchObject({ message: expect.stringContaining('There are no routes.') })
  })

  it('wants fallbacks to be models', () => {
    expect(message('chat', ['smart'])).toBe('The fallback "smart" is no model: write it as provider/model.')
  })
})
