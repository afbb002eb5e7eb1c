import type { Conversation, Message } from '../../core/conversation.ts'
import type { DriverRequest, Upstream } from '../../core/driver.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CompletionRequest } from '../../core/request.ts'
import type { ModelRef } from '../../core/routing.ts'
import type { ProviderKey, ProviderSettings } from '../../core/settings.ts'
import type { RoutedCall } from '../call-kinds.ts'
import type { Continuation } from './continuation.ts'
import type { OwnLimit } from './own-limit.ts'
import { type Repair, repairing } from './repair.ts'

export interface DriverRequestParts {
  readonly call: RoutedCall
  readonly ref: ModelRef
  readonly provider: ProviderSettings
  readonly key: ProviderKey | null
  readonly upstream: Upstream
  /** Null where what the caller or the model allows is paid for. */
  readonly ownLimit: OwnLimit | null
  /** What the model is asked to mend; null where it is asked for the first time. */
  readonly repair: Repair | null
  /** How it goes on with an answer that broke off; null where it begins at the beginning. */
  readonly continuation: Continuation | null
}

/** What one provider is asked on behalf of a call. */
export function driverRequest({
  call,
  ref,
  provider,
  key,
  upstream,
  ownLimit,
  repair,
  continuation,
}: DriverRequestParts): DriverRequest {
  const { conversation: asked, providerOptions } = call.request
  const conversation = continuation?.conversation ?? (repair ? repairing(asked, repair) : asked)
  return {
    model: ref.model,
    conversation: limited(ownStateOnly(conversation, provider.name), ownLimit),
    secret: key?.secret ?? null,
    upstream,
    options: optionsFor(provider, providerOptions),
  }
}

/** What the caller has for this provider alone: by its configured name, else by its driver's. */
export function optionsFor(
  { name, driver }: ProviderSettings,
  options: CompletionRequest['providerOptions'],
): JsonObject {
  return options[name] ?? options[driver] ?? {}
}

/** Without the state that another provider wants back: to this one it means nothing. */
function ownStateOnly(conversation: Conversation, provider: string): Conversation {
  const foreign = (message: Message) =>
    message.role === 'assistant' && message.providerState !== null && message.providerState.provider !== provider
  if (!conversation.messages.some(foreign)) return conversation
  const messages = conversation.messages.map((message) =>
    foreign(message) && message.role === 'assistant' ? { ...message, providerState: null } : message,
  )
  return { ...conversation, messages }
}

/** With the limit on output that is set here. */
export function limited(conversation: Conversation, ownLimit: OwnLimit | null): Conversation {
  if (ownLimit === null) return conversation
  return { ...conversation, sampling: { ...conversation.sampling, maxOutputTokens: ownLimit.tokens } }
}
