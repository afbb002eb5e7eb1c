import { afterAll } from 'vitest'
import type { ProviderSettings } from '../../../src/core/settings.ts'
import { openAiDriver } from '../../../src/drivers/openai/driver.ts'
import { openAiCompatibleDriver } from '../../../src/drivers/openai-compatible/driver.ts'
import { providerFetch } from '../../../src/drivers/provider-fetch.ts'
import { driverContract } from '../contract.ts'
import * as chatSamples from './chat-samples.ts'
import * as responses from './responses-samples.ts'
import { ERRORS, LIMITS } from './samples.ts'

const provider = (changes: Partial<ProviderSettings>): ProviderSettings => ({
  name: 'under-test',
  driver: 'openai',
  api: 'responses',
  baseUrl: null,
  keys: [],
  pricedAs: null,
  simulated: false,
  probeEveryMs: null,
  ...changes,
})

const FILLER = 'x'.repeat(2_000)

const chat = {
  model: 'gpt-test',
  streamType: 'text/event-stream; charset=utf-8',
  text: chatSamples.CHAT_TEXT,
  tools: chatSamples.CHAT_TOOLS,
  limits: LIMITS,
  truncated: chatSamples.CHAT_TRUNCATED,
  badArguments: chatSamples.CHAT_BAD_ARGUMENTS,
  errors: ERRORS,
  streamErrors: [
    {
      kind: 'SERVER_ERROR',
      frames: [...chatSamples.CHAT_TRUNCATED, 'data: {"error":{"message":"The server had an error"}}\n\n'],
    },
    {
      kind: 'OVERLOADED',
      frames: [...chatSamples.CHAT_TRUNCATED, 'data: {"error":{"code":503,"message":"Try another"}}\n\n'],
    },
    {
      kind: 'RATE_LIMITED',
      frames: [...chatSamples.CHAT_TRUNCATED, 'event: error\ndata: {"error":{"code":"rate_limit_exceeded"}}\n\n'],
    },
    {
      kind: 'SERVER_ERROR',
      frames: [...chatSamples.CHAT_TRUNCATED, chatSamples.chatFrame({}, 'error'), 'data: [DONE]\n\n'],
    },
    { kind: 'CONTENT_REJECTED', frames: ['data: {"error":{"code":"content_filter","message":"No"}}\n\n'] },
  ],
  endless: (index: number) => chatSamples.chatFrame({ content: index < 5 ? 'more ' : FILLER }),
} as const

driverContract({
  ...chat,
  name: 'openai (chat)',
  makeDriver: (url, deps) => openAiDriver(provider({ api: 'chat', baseUrl: `${url}/v1` }), deps),
})

const own = providerFetch()
afterAll(() => own.close())

driverContract({
  ...chat,
  name: 'openai (chat) over the fetch that the product uses',
  makeDriver: (url, deps) =>
    openAiDriver(provider({ api: 'chat', baseUrl: `${url}/v1` }), { ...deps, fetch: own.fetch }),
})

driverContract({
  ...chat,
  name: 'openai-compatible',
  makeDriver: (url, deps) =>
    openAiCompatibleDriver(provider({ driver: 'openai-compatible', baseUrl: `${url}/api/v1/` }), deps),
})

driverContract({
  ...chat,
  name: 'openai (responses)',
  makeDriver: (url, deps) => openAiDriver(provider({ baseUrl: `${url}/v1` }), deps),
  text: responses.RESPONSES_TEXT,
  tools: responses.RESPONSES_TOOLS,
  truncated: responses.RESPONSES_TRUNCATED,
  badArguments: responses.RESPONSES_BAD_ARGUMENTS,
  streamErrors: [
    {
      kind: 'SERVER_ERROR',
      frames: [...responses.RESPONSES_TRUNCATED, responses.event('error', { code: 'server_error', message: 'Sorry' })],
    },
    {
      kind: 'RATE_LIMITED',
      frames: [responses.event('error', { error: { code: 'rate_limit_exceeded', message: 'Wait' } })],
    },
    {
      kind: 'CONTENT_REJECTED',
      frames: [
        responses.event('response.failed', {
          response: { ...responses.response([], 'failed'), error: { code: 'invalid_prompt', message: 'No' } },
        }),
      ],
    },
    {
      kind: 'SERVER_ERROR',
      frames: [responses.event('response.failed', { response: responses.response([], 'failed') })],
    },
  ],
  endless: (index) => responses.textDelta(index < 5 ? 'more ' : FILLER),
})
