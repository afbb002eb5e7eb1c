import type { OpenAiApi } from '../../core/settings.ts'
import type { DriverFactory } from '../driver-factory.ts'
import { type ChatDialect, COMMON_DIALECT } from './chat/dialect.ts'
import { chatWire } from './chat/wire.ts'
import { OPENAI_EMBEDDINGS } from './embeddings/dialect.ts'
import { effortForNone } from './reasoning-off.ts'
import { RESPONSES_WIRE } from './responses/wire.ts'
import { type Wire, wireDriver } from './wire-driver.ts'

/** Chat Completions at OpenAI itself (platform.openai.com/docs/api-reference/chat). */
const OPENAI_DIALECT: ChatDialect = {
  ...COMMON_DIALECT,
  maxTokensField: 'max_completion_tokens',
  reasoning: { type: 'effort', none: effortForNone },
  echo: [],
  reasoningTokens: 'included',
}

const WIRES = { responses: RESPONSES_WIRE, chat: chatWire(OPENAI_DIALECT) } satisfies Record<OpenAiApi, Wire>

/** OpenAI: the Responses API, or Chat Completions where configured. */
export const openAiDriver: DriverFactory = (provider, deps) =>
  wireDriver(provider, deps, WIRES[provider.api], OPENAI_EMBEDDINGS)
