import type { Ability } from '../core/abilities.ts'
import type { MidStreamPolicy, OpenAiApi, WebhookEvent } from '../core/settings.ts'
import type { PolicyConfig } from './policy-config.ts'

/** The configuration file's default export. All of it is optional. */
export interface SwitchyardConfig {
  /**
   * Providers by the name that you give them. Those whose usual key variable is set (`OPENAI_API_KEY`,
   * `ANTHROPIC_API_KEY`, `GEMINI_API_KEY`, `GROQ_API_KEY`, …) are there without being declared; one that is declared
   * under the same name wins.
   */
  readonly providers?: Readonly<Record<string, ProviderConfig>> | undefined
  /** What is known of single models, as `provider/model`, beyond or against the price list. */
  readonly models?: Readonly<Record<string, ModelConfig>> | undefined
  /** Named policies that frontends ask for. A name has no slash. `chat` and `auto` are there by default. */
  readonly routes?: Readonly<Record<string, RouteConfig>> | undefined
  /** What holds for every route that says nothing else, and for models asked for without a route. */
  readonly defaults?: RulesConfig | undefined
  readonly server?: ServerConfig | undefined
  readonly database?: DatabaseConfig | undefined
  /** How long the ledger keeps what; for ever where this says nothing. Totals by hour, day and month are kept always. */
  readonly retention?: RetentionConfig | undefined
  /** Who is told of events, by signed requests. */
  readonly webhooks?: readonly WebhookConfig[] | undefined
  /**
   * Whether the built-in simulator runs, as the providers `sim-openai`, `sim-anthropic` and `sim-google`: where there
   * is no other provider (`auto`, the default), always, or never.
   */
  readonly simulator?: 'auto' | 'always' | 'never' | undefined
}

export type ProviderConfig =
  | OpenAiProviderConfig
  | (CommonProviderConfig & { readonly driver: 'openai-compatible' | 'anthropic' | 'google' })

interface OpenAiProviderConfig extends CommonProviderConfig {
  readonly driver: 'openai'
  /** Which of OpenAI's two APIs is spoken. `responses` by default. */
  readonly api?: OpenAiApi | undefined
}

interface CommonProviderConfig {
  /**
   * Keys as `env:NAME`, the environment variable that holds one; never a key itself. Several make a pool. Without it
   * the provider's usual variable is used; a provider on this machine or network needs none, and `[]` says the same
   * of any other.
   */
  readonly apiKeys?: readonly string[] | undefined
  /**
   * The admin (OpenRouter: management) key that `reconcile fetch` asks for the provider's own reports of cost and usage
   * with, as `env:NAME`. Never used for anything else.
   */
  readonly adminKey?: string | undefined
  /**
   * As the provider's SDK takes it: OpenAI's with `/v1`, Anthropic's and Google's without a version. Known by name for
   * many providers (groq, mistral, deepseek, xai, …); else needed with `openai-compatible`.
   */
  readonly baseUrl?: string | undefined
  /** Under which provider's name the price list has these models; by default the base URL and the name tell. */
  readonly pricedAs?: string | undefined
  /**
   * Whether an open circuit, or a key that was turned down, is also probed without a caller's request, by asking for the
   * list of models: that costs nothing. `true` looks every five seconds whether there is something to probe. False by
   * default: then a caller's request is the probe.
   */
  readonly probe?: boolean | { readonly everyMs?: number | undefined } | undefined
}

export interface ModelConfig {
  /** The most tokens of input and output together. */
  readonly contextWindow?: number | undefined
  readonly maxOutputTokens?: number | undefined
  readonly price?: PriceConfig | undefined
  /**
   * Prices of service tiers (`flex`, `priority`, `batch`), which the price list does not have. An answer that the
   * provider says came from such a tier is unpriced without one.
   */
  readonly tierPrices?: Readonly<Record<string, PriceConfig>> | undefined
  /** `unary` for a model that can't stream or reports no usage when it does. `stream` by default. */
  readonly upstream?: 'stream' | 'unary' | undefined
  /**
   * What it can do. Requests that need what is `false` here (images need `vision`) don't go to it; what is not said is
   * taken for true, and the provider decides.
   */
  readonly abilities?: { readonly [ability in Ability]?: boolean | undefined } | undefined
  /** Where it runs, in your own words, such as `eu`. Routes may require it. */
  readonly region?: string | undefined
  /** What becomes of the data sent to it, in your own words, such as `no-training`. Routes may require it. */
  readonly dataPolicy?: string | undefined
}

/** US dollars per million tokens, as decimal numbers in quotes with at most six decimals: exact, unlike floats. */
export interface PriceConfig {
  readonly inputPerMillion: string
  readonly outputPerMillion: string
  /** Input read from the provider's cache. By default as other input. */
  readonly cachedInputPerMillion?: string | undefined
  /** Input written to the provider's cache. By default as other input. */
  readonly cacheWritePerMillion?: string | undefined
  /** Input written to the provider's cache for an hour. By default as other writes. */
  readonly cacheWriteHourPerMillion?: string | undefined
}

/** How a failing or slow provider is treated. */
export interface RulesConfig {
  /** In milliseconds, each from 1 to 3,600,000. By default 30 s (longer for models that think), 30 s and 10 minutes. */
  readonly timeouts?: TimeoutsConfig | undefined
  /** Requests to providers. By default 2 per model and 6 per call. */
  readonly attempts?: { readonly perModel?: number | undefined; readonly perCall?: number | undefined } | undefined
  /** What happens when a stream breaks after output was sent. `RESTART` by default. */
  readonly midStream?: MidStreamPolicy | undefined
  /**
   * Whether a second candidate is asked beside the first where that has sent nothing for longer than its own p95 of time
   * to first token; whoever begins first answers. Where fewer than eight answers were measured lately, `afterMs` says
   * how long to wait, and without it only one is asked. `false` by default.
   */
  readonly hedge?: boolean | { readonly afterMs?: number | undefined } | undefined
  /** `unary` asks providers for single answers: more throughput, silence noticed later. `stream` by default. */
  readonly upstream?: 'stream' | 'unary' | undefined
  /** No more than this for a whole call, its retries and fallbacks included, as a decimal number in quotes. */
  readonly maxCostUsd?: string | undefined
  /** Whether the next model is asked when a provider refuses the content. `fail` by default. */
  readonly onContentRejected?: 'fail' | 'nextCandidate' | undefined
  /** What every model must be that answers, or gets a copy. Models that say nothing of it are out. */
  readonly requires?: RequirementsConfig | undefined
}

/** One value, or several of which any will do; as `models` in the configuration says them. */
interface RequirementsConfig {
  readonly region?: string | readonly string[] | undefined
  readonly dataPolicy?: string | readonly string[] | undefined
}

interface TimeoutsConfig {
  /**
   * From an attempt's start to its first text, reasoning or tool delta. By default by what is asked: 30 s, 60, 120 or
   * 300 s of a model that thinks with low, medium or high effort, 20 s for vectors.
   */
  readonly firstTokenMs?: number | undefined
  /** Between two events of a stream that has begun. */
  readonly idleMs?: number | undefined
  /** The whole call, its retries and fallbacks included. */
  readonly totalMs?: number | undefined
}

/** A policy, with rules that go before the defaults. */
export type RouteConfig = RulesConfig & PolicyConfig

export interface ServerConfig {
  /** Origins that browsers may call from, such as `https://app.example.com`; `*` allows all. None by default. */
  readonly cors?: { readonly origins?: readonly string[] | undefined } | undefined
  /** Whether `/graphql` serves GraphiQL to browsers. True by default. */
  readonly graphiql?: boolean | undefined
  /** Whether the schema can be asked for. True by default. */
  readonly introspection?: boolean | undefined
  readonly limits?: LimitsConfig | undefined
}

/** What one HTTP request may ask. */
export interface LimitsConfig {
  /** Of the request's body. 8 MiB by default. */
  readonly bodyBytes?: number | undefined
  /** Levels of fields. */
  readonly depth?: number | undefined
  readonly aliases?: number | undefined
  /** Words and signs of the query. */
  readonly tokens?: number | undefined
  /** The sum over all fields, deeper ones counting more. */
  readonly cost?: number | undefined
}

/** Each as `30 days`, `13 months` or `2 years`. What is older goes by whole months (calls) or days (payloads). */
export interface RetentionConfig {
  /** Calls and their attempts, with their ratings. */
  readonly calls?: string | undefined
  /** Stored requests and answers, of projects that keep any. */
  readonly payloads?: string | undefined
}

export interface DatabaseConfig {
  /** Connections to the Postgres server. 10 by default. */
  readonly connections?: number | undefined
  /**
   * A folder on a disk that outlives the process, for calls that can't be written to the ledger while the database is
   * away. `spool` in the data directory by default; replicas may share one.
   */
  readonly spoolDirectory?: string | undefined
}

export interface WebhookConfig {
  /** `https`, or `http` on this machine or network. No redirect is followed. */
  readonly url: string
  /**
   * `env:NAME`, the environment variable that holds the secret that requests are signed with: `whsec_` and 24 to 64 bytes
   * in base64, as the Standard Webhooks specification has it.
   */
  readonly secret: string
  /** Which events; all of them by default. */
  readonly events?: readonly WebhookEvent[] | undefined
}

/** Types a configuration, nothing more: a plain default export is as good. */
export function defineConfig(config: SwitchyardConfig): SwitchyardConfig {
  return config
}
