import type { DriverRequest } from '../../../core/driver.ts'
import { type RequestBody, withProviderOptions } from '../../provider-options.ts'
import type { ChatDialect } from './dialect.ts'
import { chatMessages } from './messages.ts'
import { outputFields } from './output.ts'
import { reasoningFields } from './reasoning.ts'
import { chatToolChoice, chatTools } from './tools.ts'

/** The body of a Chat Completions request; `providerOptions` last. */
export function chatRequest(
  { model, conversation, upstream, options }: DriverRequest,
  dialect: ChatDialect,
): RequestBody {
  const { sampling, tools, toolChoice, reasoning } = conversation
  const body = {
    model,
    messages: chatMessages(conversation, dialect),
    ...(tools.length === 0 ? {} : { tools: chatTools(tools, dialect) }),
    ...(toolChoice === null || tools.length === 0 ? {} : { tool_choice: chatToolChoice(toolChoice, dialect) }),
    ...outputFields(conversation.output, dialect),
    ...(sampling.maxOutputTokens === null ? {} : { [dialect.maxTokensField]: sampling.maxOutputTokens }),
    ...(sampling.temperature === null ? {} : { temperature: sampling.temperature }),
    ...(sampling.topP === null ? {} : { top_p: sampling.topP }),
    ...(sampling.stop.length === 0 ? {} : { stop: sampling.stop }),
    ...(sampling.seed === null || dialect.seedField === null ? {} : { [dialect.seedField]: sampling.seed }),
    ...(reasoning === null ? {} : reasoningFields(reasoning, model, dialect.reasoning)),
    ...(upstream === 'unary' ? {} : { stream: true }),
    ...(upstream === 'unary' || dialect.streamOptions === 'omit' ? {} : { stream_options: { include_usage: true } }),
  }
  return withProviderOptions(body, options)
}
