import type { DriverFactory } from '../driver-factory.ts'
import { chatWire } from '../openai/chat/wire.ts'
import { wireDriver } from '../openai/wire-driver.ts'
import { dialectOf, embeddingDialectOf } from './presets.ts'

/** Chat Completions at any base URL. How a service deviates is looked up by its URL's host, else by the provider's name. */
export const openAiCompatibleDriver: DriverFactory = (provider, deps) =>
  wireDriver(
    provider,
    deps,
    chatWire(dialectOf(provider.name, provider.baseUrl)),
    embeddingDialectOf(provider.name, provider.baseUrl),
  )
