import { systemClock } from '../../../src/core/clock.ts'
import type { Conversation } from '../../../src/core/conversation.ts'
import type { DriverRequest } from '../../../src/core/driver.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { ProviderSettings } from '../../../src/core/settings.ts'
import { openAiDriver } from '../../../src/drivers/openai/driver.ts'
import { openAiCompatibleDriver } from '../../../src/drivers/openai-compatible/driver.ts'
import type { ReplayedRequest, ReplayServer } from '../replay-server.ts'
import { type Folded, NOTHING_ASKED, requestWith, runDriver } from '../run-driver.ts'
import { CHAT_TEXT } from './chat-samples.ts'
import { RESPONSES_TEXT } from './responses-samples.ts'

const ANY_CLOCK = { fetch: globalThis.fetch, clock: systemClock }

export function settings(changes: Partial<ProviderSettings>): ProviderSettings {
  return {
    name: 'test',
    driver: 'openai',
    api: 'chat',
    baseUrl: null,
    keys: [],
    pricedAs: null,
    simulated: false,
    probeEveryMs: null,
    ...changes,
  }
}

export function driverOf(provider: ProviderSettings) {
  return (provider.driver === 'openai' ? openAiDriver : openAiCompatibleDriver)(provider, ANY_CLOCK)
}

export function conversation(changes: Partial<Conversation>): Conversation {
  return { ...NOTHING_ASKED, ...changes }
}

/** What a provider is sent for a request. */
export async function asked(
  server: ReplayServer,
  provider: Partial<ProviderSettings>,
  changes: Partial<DriverRequest>,
  path = '/v1',
): Promise<{ readonly body: JsonObject; readonly request: ReplayedRequest }> {
  const full = settings(provider)
  const sample = full.api === 'responses' ? RESPONSES_TEXT : CHAT_TEXT
  const replay = server.serve({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(sample.body),
  })
  await runDriver(driverOf({ ...full, baseUrl: replay.url + path }), requestWith({ upstream: 'unary', ...changes }))
  replay.forget()
  const [request] = replay.requests
  if (request === undefined) throw new Error('nothing was asked')
  return { body: JSON.parse(request.body) as JsonObject, request }
}

/** The answer that a driver makes of a body. */
export async function answered(
  server: ReplayServer,
  provider: Partial<ProviderSettings>,
  body: string,
  type = 'text/event-stream',
): Promise<Folded> {
  const replay = server.serve({ status: 200, headers: { 'content-type': type }, body: Buffer.from(body) })
  try {
    return await runDriver(driverOf(settings({ ...provider, baseUrl: `${replay.url}/v1` })), requestWith({}))
  } finally {
    replay.forget()
  }
}
