import type { ModelAbilities } from './abilities.ts'
import type { DriverName, Upstream } from './driver.ts'
import type { Picodollars } from './money.ts'
import type { UnitPrices } from './price.ts'
import type { RoutePolicy } from './route-policy.ts'

/** What happens when a stream breaks after output was sent. */
export type MidStreamPolicy = 'RESTART' | 'CONTINUE' | 'FAIL'

/** All in milliseconds. */
export interface Timeouts {
  /**
   * From an attempt's start to its first text, reasoning or tool delta; null goes by what is asked: a model that thinks
   * gets longer.
   */
  readonly firstTokenMs: number | null
  /** Between two events of a stream that has begun. */
  readonly idleMs: number
  /** The whole call, its retries and fallbacks included. */
  readonly totalMs: number
}

export interface AttemptLimits {
  readonly perModel: number
  readonly perCall: number
}

/** One credential of a provider. */
export interface ProviderKey {
  /** The name of the environment variable that holds it: what logs and the ledger may show. */
  readonly name: string
  readonly secret: string
}

/** Which of OpenAI's two APIs the driver `openai` speaks. */
export type OpenAiApi = 'responses' | 'chat'

/** A provider as configured, its keys resolved. */
export interface ProviderSettings {
  readonly name: string
  readonly driver: DriverName
  readonly api: OpenAiApi
  /** As the provider's SDK takes it: OpenAI's with `/v1`, Anthropic's and Google's without. Null is the SDK's own. */
  readonly baseUrl: string | null
  /** The key pool; empty where the provider needs no key. */
  readonly keys: readonly ProviderKey[]
  /** What its reports of cost and usage are asked for with; not there where none is configured. */
  readonly adminKey?: ProviderKey
  /** Under which provider's name the price list has these models; null looks the configured name up. */
  readonly pricedAs: string | null
  /** True where the built-in simulator answers. */
  readonly simulated: boolean
  /**
   * How often is looked, in milliseconds, whether what failed there works again, without a caller's request; null leaves that
   * to callers' requests.
   */
  readonly probeEveryMs: number | null
}

/** What configuration says of one model, beyond the catalogue; null leaves the catalogue's word. */
export interface ModelSettings {
  /** As `provider/model`. */
  readonly id: string
  readonly contextWindow: number | null
  readonly maxOutputTokens: number | null
  readonly price: UnitPrices | null
  /** By service tier (`flex`, `priority`, `batch`): what the price list does not know. */
  readonly tierPrices: Readonly<Record<string, UnitPrices>>
  readonly upstream: Upstream
  readonly abilities: ModelAbilities
  /** Where it runs, in the operator's own words. */
  readonly region: string | null
  /** What becomes of the data sent to it, in the operator's own words. */
  readonly dataPolicy: string | null
}

/** What a route asks of every model that may answer, by what configuration says of the model. */
export interface Requirements {
  /** Regions, any of which will do; empty asks for none. A model of which nobody says where it runs is out. */
  readonly regions: readonly string[]
  /** Data policies, any of which will do; empty asks for none. */
  readonly dataPolicies: readonly string[]
}

export const NO_REQUIREMENTS: Requirements = { regions: [], dataPolicies: [] }

/** When a second candidate is asked beside a first one that is slow to begin. */
export interface HedgeSettings {
  /** How long the first may be silent where its own p95 is not known, in milliseconds; null then asks no second. */
  readonly afterMs: number | null
}

export interface RouteSettings {
  readonly name: string
  readonly policy: RoutePolicy
  readonly timeouts: Timeouts
  readonly attempts: AttemptLimits
  readonly midStream: MidStreamPolicy
  /** Null asks one candidate at a time. */
  readonly hedge: HedgeSettings | null
  readonly upstream: Upstream
  /** The default of `routing.maxCostUsd`; null sets no bound. */
  readonly maxCost: Picodollars | null
  /** Whether a refusal of the content is final or the next candidate is asked. */
  readonly onContentRejected: 'fail' | 'nextCandidate'
  readonly requires: Requirements
}

/** What holds for a model that is asked for without a route. */
export type RouteDefaults = Omit<RouteSettings, 'name' | 'policy'>

export interface ServerSettings {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Origins that browsers may call from; `*` allows all. None by default. */
  readonly corsOrigins: readonly string[]
  readonly graphiql: boolean
  readonly introspection: boolean
  readonly limits: QueryLimits
}

/** What one HTTP request may ask of the server. */
export interface QueryLimits {
  readonly bodyBytes: number
  readonly depth: number
  readonly aliases: number
  readonly tokens: number
  readonly cost: number
}

/** Where the ledger is kept: a Postgres server, or an embedded PGlite in a folder. */
export type DatabaseSettings =
  | { readonly type: 'postgres'; readonly url: string; readonly connections: number }
  | { readonly type: 'embedded'; readonly directory: string }

/** How long something is kept. */
export interface KeepFor {
  readonly count: number
  readonly unit: 'days' | 'months'
}

/** What is dropped when it is older; null keeps it for ever. */
export interface RetentionSettings {
  readonly calls: KeepFor | null
  readonly payloads: KeepFor | null
}

export const KEEP_ALL: RetentionSettings = { calls: null, payloads: null }

/** What webhooks can be told of. */
export const WEBHOOK_EVENTS = ['quota.threshold'] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]

export interface WebhookSettings {
  readonly url: string
  /** What requests are signed with. */
  readonly secret: Uint8Array
  readonly events: readonly WebhookEvent[]
}

/** The whole configuration, checked and resolved. */
export interface Settings {
  readonly server: ServerSettings
  readonly database: DatabaseSettings
  readonly webhooks: readonly WebhookSettings[]
  readonly retention: RetentionSettings
  /** Where calls are kept that can't be written while the database is away; null keeps them in memory alone. */
  readonly spoolDirectory: string | null
  /** What browser tokens are signed with; null where the environment names nothing. */
  readonly tokenSecret: string | null
  readonly providers: readonly ProviderSettings[]
  readonly models: readonly ModelSettings[]
  readonly routes: readonly RouteSettings[]
  readonly defaults: RouteDefaults
}
